package pepay

import (
	"bytes"
	"encoding/json"
)

// UnmarshalJSON decodes both forms that Pepay's pages show: an object of products,
// and the array of them alone.
func (r *ProductSearchResult) UnmarshalJSON(data []byte) error {
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("[")) {
		*r = ProductSearchResult{}
		return json.Unmarshal(data, &r.Products)
	}
	type plain ProductSearchResult // without this method
	return json.Unmarshal(data, (*plain)(r))
}
