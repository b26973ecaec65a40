//go:build race

package main

// raceEnabled builds the binary like the tests themselves.
const raceEnabled = true
