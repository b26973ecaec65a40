package pepay_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/pepaylabs/pepay-go"
)

func TestProductSearchResultDecodes(t *testing.T) {
	t.Parallel()
	one := []pepay.ProductSummary{{ProductID: "B1", Title: "Echo"}}
	for name, tc := range map[string]struct {
		text string
		want []pepay.ProductSummary
	}{
		"an object":       {`{"products":[{"productId":"B1","title":"Echo"}]}`, one},
		"an array":        {` [{"productId":"B1","title":"Echo"}]`, one},
		"an empty array":  {`[]`, []pepay.ProductSummary{}},
		"no product":      {`{"products":[]}`, []pepay.ProductSummary{}},
		"no list":         {`{}`, nil},
		"null":            {`null`, nil},
		"unknown members": {`{"page":1,"products":[{"productId":"B1","title":"Echo","stars":4.5}]}`, one},
		"another name":    {`{"result":[{"productId":"B1"}]}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got pepay.ProductSearchResult
			if err := json.Unmarshal([]byte(tc.text), &got); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got.Products, tc.want) {
				t.Errorf("got %+v, want %+v", got.Products, tc.want)
			}
		})
	}
	for _, text := range []string{`"B1"`, `1`, `{"products":{}}`, `["B1"]`, `[`} {
		if err := json.Unmarshal([]byte(text), new(pepay.ProductSearchResult)); err == nil {
			t.Errorf("%s was decoded", text)
		}
	}
}
