// Package pepaytest is Pepay in one process: a stateful simulator that speaks
// real HTTP and real WebSocket and mints real JWTs, for tests and for the command
// "pepay mock".
//
//	srv := pepaytest.NewServer(t)
//	client, err := wrapper.New(wrapper.WithBaseURL(srv.URL()), wrapper.WithAPIKey(srv.APIKey()))
//
// What it answers is what Pepay documents. An operation that Pepay documents only by
// name answers the contract's example, with the header X-Pepaytest-Example: true. One
// that is not simulated answers 501 and names itself, so that a test does not pass
// without it.
//
// # Invoices
//
// Invoices that the API creates can be paid, settled and expire, and each change emits
// the documented events:
//
//	err := srv.Pay(invoice.InvoiceID, pepaytest.Payment{Millis: 40_000}) // underpaid
//	err = srv.Pay(invoice.InvoiceID, pepaytest.Payment{})                // paid
//	err = srv.Settle(invoice.InvoiceID)
//	srv.Advance(12 * time.Hour) // what was not paid expires
//
// # Events
//
// [Server.Emit] makes an event happen. The streams it belongs to carry it, with
// authentication, filters and replay as documented, and the Events API lists it:
//
//	ev, err := pepaytest.NewEvent(pepay.EventInvoiceUpdated)
//	srv.Emit(ev)
//
// # Webhooks
//
// [Server.AddWebhook] registers an endpoint, to which events are delivered signed, at
// least once and with retries:
//
//	endpoint := srv.AddWebhook(receiver.URL, "the endpoint's secret", "invoice.*")
//	srv.Emit(ev)
//	err := endpoint.Wait(ctx)
//	deliveries := endpoint.Deliveries()
//
// # Faults
//
// [Server.Faults] makes the simulator misbehave on purpose, per operation and per
// count, before an answer and on an open stream:
//
//	srv.Faults().On("mintWsToken", pepaytest.Status(503), pepaytest.Next(1))
//	srv.Faults().On("openMerchantStream", pepaytest.DropAfter(500), pepaytest.Every(2))
//
// # In another process
//
// Beside the contract, a server answers under /_pepaytest/ to whoever has one of its
// keys: POST /_pepaytest/events emits the JSON event it is sent, of which type and
// data.object are required, and answers {"success":true,"data":event} with the
// completed one; GET /_pepaytest/streams lists the open streams. Pages of another
// origin are refused. Such requests meet no faults and are not recorded.
//
// # Determinism
//
// The same calls with the same keys and clock get the same answers: request ids
// and token ids are counted, events are numbered in the order they were emitted, and
// tokens are signed with a fixed key. That key is
// public, as is everything else here: never put a Server where a stranger can
// reach it and never trust one of its tokens.
//
// # Independence
//
// The simulator shares no code with the client it is there to test. Models,
// routing, key checks and signing are its own; otherwise the same mistake on
// both sides would not be seen.
package pepaytest
