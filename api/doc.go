// Package api is the server face of Pepay's contract: a generated chi router
// and the models it answers with. The simulator in
// [github.com/pepaylabs/pepay-go/pepaytest] implements it. The models are its
// own, so that a mistake in the client's codecs cannot cancel itself out.
package api
