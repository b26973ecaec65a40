package pepay

import (
	"encoding/json"

	"github.com/pepaylabs/pepay-go/internal/wire"
)

// UnmarshalJSON decodes both forms that Pepay's pages show: the details alone, and
// {"status":"ok","data":…} around them.
func (s *PaymentSession) UnmarshalJSON(data []byte) error {
	type plain PaymentSession // without this method
	members := wire.NewMembers(data)
	for members.Next() {
		if string(members.Key()) == "data" {
			*s = PaymentSession{}
			return json.Unmarshal(members.Value(), (*plain)(s))
		}
	}
	return json.Unmarshal(data, (*plain)(s))
}
