// Package server is the server face of Pepay's contract: a generated chi router
// and the models it answers with. The simulator in
// [github.com/pepaylabs/pepay-go/pepaytest] implements it. The models are its
// own, so that the simulator does not repeat a mistake of the client's codecs.
//
// [CheckQuery], [CheckHeaders] and [CheckBody] compare requests with the contract,
// by tables that specgen generates.
package server
