package server

import "testing"

func TestKnownBody(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ operation, body, want string }{
		"known":                        {"mintWsToken", ` {"scope": "merchant"} `, `{"scope":"merchant"}`},
		"unknown":                      {"mintWsToken", `{"x":1,"scope":"merchant","y":{"scope":2}}`, `{"scope":"merchant"}`},
		"in another case":              {"mintWsToken", `{"scope":"merchant","SCOPE":"commerce","Scope":1}`, `{"scope":"merchant"}`},
		"escaped":                      {"mintWsToken", `{"\u0073cope":"merchant"}`, `{"scope":"merchant"}`},
		"none":                         {"mintWsToken", `{}`, `{}`},
		"blank":                        {"mintWsToken", " \n", " \n"},
		"no body is documented":        {"revokeApiKey", `{"a":1}`, `{"a":1}`},
		"below":                        {"createCart", `{"item":{"title":"t","Title":"T"}}`, `{"item":{"title":"t"}}`},
		"in a list":                    {"createEstimate", `{"items":[{"title":"t","Title":"T"},{}]}`, `{"items":[{"title":"t"},{}]}`},
		"in parts":                     {"addCartItem", `{"title":"t","customer_id":"c","x":1}`, `{"title":"t","customer_id":"c"}`},
		"an object with any members":   {"createInvoice", `{"metadata":{"B":1,"a":9007199254740993,"A":{"x":[]}}}`, `{"metadata":{"B":1,"a":9007199254740993,"A":{"x":[]}}}`},
		"objects with any, in a list":  {"createEstimate", `{"itemOverrides":[{"A":1}]}`, `{"itemOverrides":[{"A":1}]}`},
		"null":                         {"updateSettlementToken", `{"settlement_token_id":null}`, `{"settlement_token_id":null}`},
		"what CheckBody would refuse":  {"mintWsToken", `{"scope":{"a":1},"scope":2}`, `{"scope":{"a":1},"scope":2}`},
		"text that is not even JSON":   {"mintWsToken", `{"scope`, `{"scope`},
		"nothing is known about it":    {"flyToTheMoon", `{"a":1}`, `{"a":1}`},
		"null, where it is no object":  {"createCart", `{"item":null}`, `{"item":null}`},
		"another type than documented": {"createCart", `{"item":[1]}`, `{"item":[1]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := string(KnownBody(tc.operation, []byte(tc.body))); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}
