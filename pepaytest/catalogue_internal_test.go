package pepaytest

import (
	"math/big"
	"testing"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// Every network, type and availability of the contract occurs, and no id twice.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	ids := map[int64]bool{}
	networks, types, availabilities := map[string]bool{}, map[server.TokenType]bool{}, map[server.TokenAvailability]bool{}
	for _, tok := range tokens() {
		if ids[tok.id] {
			t.Errorf("id %d is there twice", tok.id)
		}
		ids[tok.id], networks[tok.network], types[tok.kind], availabilities[tok.availability] = true, true, true, true
		if !server.Network(tok.network).Valid() || !tok.kind.Valid() || !tok.availability.Valid() || !tok.environment.Valid() {
			t.Errorf("token %d has a value that is not in the contract: %+v", tok.id, tok)
		}
		if price, ok := new(big.Rat).SetString(tok.price); !ok || price.Sign() <= 0 {
			t.Errorf("token %d costs %q", tok.id, tok.price)
		}
		if (tok.address == "") != (tok.kind == server.TokenTypeNative) {
			t.Errorf("token %d of type %s has the address %q", tok.id, tok.kind, tok.address)
		}
		if (tok.environment == server.NetworkEnvironmentDevnet) != (tok.availability == server.TokenAvailabilityDEVNET) {
			t.Errorf("token %d is %s in %s", tok.id, tok.availability, tok.environment)
		}
		if found := tokenByID(tok.id); found == nil || *found != tok {
			t.Errorf("token %d is found as %+v", tok.id, found)
		}
	}
	if len(networks) != 10 || len(types) != 5 || len(availabilities) != 5 {
		t.Errorf("%d of 10 networks, %d of 5 types, %d of 5 availabilities", len(networks), len(types), len(availabilities))
	}
	if tok := tokenByID(999); tok != nil {
		t.Errorf("token 999 is %+v", tok)
	}
}
