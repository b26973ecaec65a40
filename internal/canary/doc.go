// Package canary holds the test that nothing the SDK exports shows a credential. It
// takes the exported surface from go/types: what is added later fails the test until
// it has a row.
package canary
