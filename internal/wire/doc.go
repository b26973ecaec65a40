// Package wire reads what comes off the wire and prepares it for people: waits,
// error envelopes, text without secrets. The packages of this module that talk to
// Pepay share it, so that a rule about Pepay's answers is written once.
//
// It imports no other package of this module.
package wire
