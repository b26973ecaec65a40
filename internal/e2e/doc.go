// Package e2e holds the tests that need a real browser, Node or curl: the example
// dashboard and the example shop, their back ends and the simulator, together.
package e2e
