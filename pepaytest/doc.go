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
// Beside the contract, a server answers under /_pepaytest/, as JSON, to whoever has one
// of its keys or the token of [WithConsole]:
//
//	POST   events                           emit the event sent; type and data.object are required
//	GET    state                            clock, seed and how many there are of what
//	GET    changes                          what changes, a line of JSON each, without end
//	GET    invoices, orders, requests       lists, the newest first: limit, before, search
//	GET    invoices/ID, orders/ID           one, with what can be done to it
//	POST   invoices/ID/NAME, orders/ID/NAME do it
//	GET    requests/NUMBER                  both sides, without secrets
//	GET    webhooks                         endpoints; POST adds one, "receiver" is a URL
//	DELETE webhooks/NUMBER                  remove it
//	GET    webhooks/NUMBER/deliveries       with their attempts, the newest first
//	POST   webhooks/NUMBER/NAME             ping, redeliver, rotate, end_rotation
//	POST   receiver                         a delivery; it needs no key
//	GET    receiver                         what the built-in receiver got, and its checks
//	POST   receiver/mode                    accept, fail or wrong_secret
//	GET    streams                          those that are open
//	DELETE streams/NUMBER                   drop it
//	GET    faults                           POST adds one, DELETE removes all
//	DELETE faults/NUMBER                    remove it
//	POST   clock                            advance_ms, or real
//	POST   reset                            back to the seed
//
// Answers are {"success":true,"data":…}; a refusal is an error as Pepay's are and names
// the field. Webhook endpoints are on this machine unless [WithRemoteWebhooks] says
// otherwise. Pages of another origin are refused. Such requests meet no faults and are
// not recorded.
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
