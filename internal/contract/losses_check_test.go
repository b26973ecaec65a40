package contract_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/pepaylabs/pepay-go"
)

// What the comparison of the documented examples finds, and what it lets pass.
func TestLossesAreFound(t *testing.T) {
	t.Parallel()
	type inner struct {
		N int64 `json:"n,omitempty"`
	}
	type model struct {
		Text   string            `json:"text,omitempty"`
		Amount pepay.Decimal     `json:"amount,omitzero"`
		At     pepay.Timestamp   `json:"at,omitzero"`
		Flag   bool              `json:"flag,omitempty"`
		Inner  inner             `json:"inner,omitzero"`
		List   []inner           `json:"list,omitempty"`
		Raw    json.RawMessage   `json:"raw,omitempty"`
		Float  float64           `json:"float,omitempty"`
		Tags   map[string]string `json:"tags,omitempty"`
		Order  shy               `json:"order,omitzero"`
	}
	for name, tc := range map[string]struct {
		json string
		want []string // paths
	}{
		"everything has a field":       {`{"text":"a","amount":9.00,"at":1766320496,"flag":true,"inner":{"n":1},"list":[{"n":2}],"raw":{"any":[1]},"tags":{"a":"b"}}`, nil},
		"zeros stay away":              {`{"text":"","amount":0,"at":null,"flag":false,"inner":{"n":0},"list":[],"raw":null}`, nil},
		"forms of older snapshots":     {`{"amount":"9.00","at":"2025-12-21T12:34:56.000Z"}`, nil},
		"digits beyond a float":        {`{"amount":12345678901234567.123456789,"raw":{"id":9007199254740993}}`, nil},
		"member without a field":       {`{"text":"a","more":1}`, []string{"$.more"}},
		"zero without a field":         {`{"more":null}`, []string{"$.more"}},
		"name in another case":         {`{"Text":"a"}`, []string{"$.Text"}},
		"member of a member":           {`{"inner":{"m":1}}`, []string{"$.inner.m"}},
		"member of an item":            {`{"list":[{"n":1},{"m":1}]}`, []string{"$.list[1].m"}},
		"digits that a float loses":    {`{"float":9007199254740993}`, []string{"$.float"}},
		"decoder that may drop things": {`{"order":{"n":1}}`, []string{"$.order"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lost, err := losses([]byte(tc.json), reflect.TypeFor[model]())
			if err != nil {
				t.Fatal(err)
			}
			if got := slices.Sorted(maps.Keys(lost)); !slices.Equal(got, tc.want) {
				t.Errorf("found %v, want %v", lost, tc.want)
			}
		})
	}
}

// shy is a type whose decoder drops what it does not know.
type shy struct{}

func (*shy) UnmarshalJSON([]byte) error { return nil }

// A time that comes back as another is a loss.
func TestTimesAreCompared(t *testing.T) {
	t.Parallel()
	type model struct {
		At pepay.Timestamp `json:"at"`
	}
	lost := comparison{}
	original, err := exactly([]byte(`{"at":"2025-12-21T12:34:56Z"}`))
	if err != nil {
		t.Fatal(err)
	}
	lost.compare("$", original, map[string]any{"at": json.Number("1766320497")}, reflect.TypeFor[model]())
	if lost["$.at"] == "" {
		t.Error("a time that comes back a second later is no loss")
	}
}
