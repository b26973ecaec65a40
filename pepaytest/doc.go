// Package pepaytest is Pepay in one process: a stateful simulator that speaks
// real HTTP and mints real JWTs, for tests and for the command "pepay mock".
//
//	srv := pepaytest.NewServer(t)
//	client, err := wrapper.New(wrapper.WithBaseURL(srv.URL()), wrapper.WithAPIKey(srv.APIKey()))
//
// What it answers is what Pepay documents. An operation of the contract that is
// not simulated answers 501 and names itself, so that a test cannot take silence
// for success.
//
// # Faults
//
// [Server.Faults] makes the simulator misbehave on purpose, per operation and per
// count:
//
//	srv.Faults().On("mintWsToken", pepaytest.Status(503), pepaytest.Next(1))
//
// # Determinism
//
// The same calls with the same keys and clock get the same answers: request ids
// and token ids are counted, and tokens are signed with a fixed key. That key is
// public, as is everything else here: never put a Server where a stranger can
// reach it and never trust one of its tokens.
//
// # Independence
//
// The simulator shares no code with the client it is there to test. Models,
// routing, key checks and signing are its own; otherwise a mistake on one side
// would be made up for by the same mistake on the other.
package pepaytest
