package pepaytest

import (
	"strings"
	"testing"
)

// What would make the server panic later is refused when it is read.
func TestStateOfAnEntityIsRefused(t *testing.T) {
	t.Parallel()
	invoices, orders, carts := newStore[*invoice](9), newStore[*order](9), newStore[*cart](9)
	for _, c := range []struct {
		name string
		into savedStore
		list string
		want string // "" when it is taken
	}{
		{"invoice", invoices, `[{"id":"1","status":"paid","payments":[{"token_id":11}],"address":{"token_id":11}}]`, ""},
		{"unknown status", invoices, `[{"id":"2","status":"free"}]`, `entry 1: it has the unknown status "free"`},
		{"payment that is null", invoices, `[{"id":"2","status":"paid","payments":[{"token_id":11},null]}]`, "entry 1: payments: entry 2: it is null"},
		{"payment in no token", invoices, `[{"id":"2","status":"paid","payments":[{"token_id":999}]}]`, "there is no token 999"},
		{"address of no token", invoices, `[{"id":"2","status":"unpaid","address":{"token_id":999}}]`, "address: there is no token 999"},
		{"underpaid without an address", invoices, `[{"id":"2","status":"underpaid"}]`, "it is underpaid and has no address"},
		{"order", orders, `[{"id":"1","status":"shipped","items":[{}],"shipments":[{}]}]`, ""},
		{"order without items", orders, `[{"id":"2","status":"placed"}]`, "entry 1: it has no items"},
		{"shipped without shipments", orders, `[{"id":"2","status":"shipped","items":[{}]}]`, "it is shipped and has no shipments"},
		{"cart", carts, `[{"id":"1","items":[{}]}]`, ""},
		{"cart with an item that is null", carts, `[{"id":"2","items":[{},null]}]`, "entry 1: items: entry 2: it is null"},
	} {
		switch err := c.into.load([]byte(c.list), decodeStrictly); {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}
