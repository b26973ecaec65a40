package main

// curves are the rows that show how a figure grows.
func curves() []row {
	return []row{
		{name: "manystreams", about: "what a stream and its events cost as more streams are open", run: manyStreams},
		{name: "clients", about: "how many tokens are handed out as more clients ask", run: clients},
		{name: "eventsize", about: "how the cost of an event grows with its size", run: eventSize},
		{name: "missed", about: "how long it takes to catch up with missed events, and in how much memory", run: missedEvents},
	}
}

// connectionsAtMost is how many connections this process and its servers can have: the
// files that the system allows, less a few for everything else. Go has raised the limit as
// far as it may.
func connectionsAtMost() int { return openFiles() - 64 }
