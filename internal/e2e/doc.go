// Package e2e holds the tests that need a real browser, Node or curl: the example
// dashboard, its back end and the simulator, together.
package e2e
