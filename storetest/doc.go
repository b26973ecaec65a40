// Package storetest has the tests that every store of pepay-go passes: one for a
// [stream.CursorStore], one for a [stream.Lease] and one for a [webhook.Deduper].
// Run them against a store of your own:
//
//	func TestLease(t *testing.T) {
//		storetest.Lease(t, func(t *testing.T) stream.Lease { return mystore.NewLease(db, newName()) })
//	}
//
// Each subtest states one documented rule. Subtests run in parallel, and all of them
// have ended when the function returns.
//
// # What open returns
//
// Each call of open returns another store, as good as new: no earlier call has
// returned it, and nothing is kept in it. Every subtest calls it, some several times,
// but only one at a time. A store in
// a table has a row of its own for each call, under a name that no earlier run of
// the tests used. What has to be closed is closed by t.Cleanup.
//
// A store that several processes share is opened once in each of them. To test that,
// let the store that open returns have the method
//
//	Reopen(t *testing.T) stream.Lease // or stream.CursorStore, webhook.Deduper
//
// It returns another handle of the same store, as another process has it: with
// connections of its own, and without anything that the first handle remembers. The
// first one stays in use. Each subtest then spreads its calls over both, and there
// are more of them, about what outlives a handle. Without Reopen these are skipped. If
// your store has no such method, embed it in a struct of the test that has.
//
// The optional methods AddRecent and Recent, which the interfaces document, are
// tested if the store has them. So a struct of the test must not hide them. A subtest
// without its method is skipped; go test -v shows which.
//
// A store that keeps a Save back for a moment, to write several at once, does not
// pass. Test it with that switched off, or behind a Save that waits until the id is written.
//
// # Time
//
// The clock of a store cannot be set from a test, so there are leases with lives of
// less than a second. A slow machine makes the tests slower and does not make them
// fail: they wait for up to 30 s for what has to happen.
package storetest
