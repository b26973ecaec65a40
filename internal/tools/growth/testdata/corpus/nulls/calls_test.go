package nulls

import (
	"testing"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/corpus/corpustest"
)

func TestNullTypes(t *testing.T) {
	api, last := corpustest.Serve(t, 200, "application/json",
		`{"id":1,"token_id":null,"name":null,"amount":"1.50","paid_at":null,"mixed":9007199254740993,"owner":null,"described":{"id":"o"},"state":null,"list":null,"fixed":"x","flag":null}`)
	got, err := api.PutNullsWithResponse(t.Context(), 7, &pepay.PutNullsParams{After: corpustest.Ptr("a b"), Key: corpustest.Ptr("k")}, pepay.NullsInput{ID: 7, Flag: corpustest.Ptr(false)})
	if err != nil {
		t.Fatal(err)
	}
	last().Is(t, "PUT", "/corpus/nulls/7?after=a+b&key=k", `{"flag":false,"id":7,"token_id":null}`)
	if n := got.JSON200; n.Amount.String() != "1.50" || string(n.Mixed) != "9007199254740993" || n.Described.ID != "o" || n.State != "" || n.List != nil || !n.PaidAt.IsZero() || n.TokenID != 0 {
		t.Errorf("got %+v", n)
	}
}
