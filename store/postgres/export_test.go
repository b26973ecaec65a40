package postgres

// Servers are those of the tests, for the examples.
var Servers = &servers
