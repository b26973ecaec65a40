package main

// curves are the rows that show how a figure grows.
func curves() []row {
	return []row{
		{name: "eventsize", about: "how the cost of an event grows with its size", run: eventSize},
	}
}
