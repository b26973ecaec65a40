package server

import (
	"net/http"
	"strings"
	"testing"
)

// wantError compares an error with its text, "" for none.
func wantError(t *testing.T, err error, want string) {
	t.Helper()
	got := ""
	if err != nil {
		got = err.Error()
	}
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestCheckQuery(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ operation, query, want string }{
		"nothing":                  {"listInvoices", "", ""},
		"everything":               {"listInvoices", "limit=100&starting_after=a&status=paid,underpaid&expand=latest_payment%2Cpayments&environment=devnet&created_gte=-1", ""},
		"name with brackets":       {"listEvents", "created%5Bgte%5D=1&created[lte]=2", ""},
		"credential":               {"openPaymentStream", "token=a.b.c&format=event_v1", ""},
		"unknown":                  {"getInvoice", "page=1", `the query has no parameter "page"; there are expand, payments_limit`},
		"unknown, the first":       {"getInvoice", "b=1&a=1&expand=payments", `the query has no parameter "a"; there are expand, payments_limit`},
		"unknown, in another case": {"getInvoice", "Expand=payments", `the query has no parameter "Expand"; there are expand, payments_limit`},
		"unknown, hostile":         {"getEvent", "%0a" + strings.Repeat("x", 100) + "=1", `the query has no parameter "\n` + strings.Repeat("x", 39) + `…"; there are none`},
		"twice":                    {"listInvoices", "limit=1&limit=1", "limit is given twice"},
		"empty":                    {"listInvoices", "customer_id=", "customer_id is empty"},
		"without a value":          {"listInvoices", "limit", "limit is empty"},
		"broken escape":            {"listInvoices", "customer_id=%zz", "the query cannot be read: a % begins an escape such as %20, and parameters are separated by &"},
		"semicolon":                {"listInvoices", "limit=1;status=paid", "the query cannot be read: a % begins an escape such as %20, and parameters are separated by &"},
		"too small":                {"listInvoices", "limit=0", "limit must be from 1 to 100"},
		"too large":                {"listInvoices", "limit=101", "limit must be from 1 to 100"},
		"negative":                 {"searchMerchantTokens", "offset=-1", "offset must be at least 0"},
		"no integer":               {"listInvoices", "limit=ten", "limit must be an integer"},
		"fraction":                 {"listInvoices", "limit=1.5", "limit must be an integer"},
		"exponent":                 {"listInvoices", "limit=1e1", "limit must be an integer"},
		"leading zero":             {"listInvoices", "limit=010", "limit must be an integer"},
		"in quotes":                {"listInvoices", `limit="1"`, "limit must be an integer"},
		"beyond int64":             {"listInvoices", "created_gte=9223372036854775808", "created_gte is out of range"},
		"boolean":                  {"listAvailableTokens", "available_only=false", ""},
		"boolean as a number":      {"listAvailableTokens", "available_only=1", "available_only must be true or false"},
		"string that is a number":  {"listInvoices", "customer_id=007", ""},
		"string that is null":      {"listInvoices", "customer_id=null", ""},
		"enum of two":              {"listEvents", "environment=moon", "environment must be devnet or mainnet, not moon"},
		"enum of several":          {"listAvailableTokens", "mode=some", "mode must be one of monitored, all, network, not some"},
		"enum, in another case":    {"listEvents", "environment=Devnet", "environment must be devnet or mainnet, not Devnet"},
		"enum, null as text":       {"listEvents", "environment=null", "environment must be devnet or mainnet, not null"},
		"enum, maybe a secret":     {"listEvents", "environment=pk_live_0123456789abcdef0123", "environment must be devnet or mainnet"},
		"enum of a named schema":   {"listOrders", "status=lost", "status must be one of pending_payment, processing, placed, shipped, delivered, fulfilled, cancelled, failed, not lost"},
		"too long":                 {"getCart", "customer_id=" + strings.Repeat("a", 256), "customer_id must have at most 255 characters"},
		"long, in characters":      {"getCart", "customer_id=" + strings.Repeat("%C3%A4", 255), ""},
		"no such operation":        {"flyToTheMoon", "", `the contract has no operation "flyToTheMoon"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantError(t, CheckQuery(tc.operation, tc.query), tc.want)
		})
	}
}

func TestCheckHeaders(t *testing.T) {
	t.Parallel()
	const v4 = "123e4567-e89b-42d3-a456-556642440000"
	const wantV4 = "Idempotency-Key must be a UUID v4 in small letters, such as " + v4
	for name, tc := range map[string]struct {
		operation string
		keys      []string
		want      string
	}{
		"UUID v4":              {"createInvoice", []string{v4}, ""},
		"missing":              {"createInvoice", nil, "Idempotency-Key is required"},
		"empty":                {"createInvoice", []string{""}, "Idempotency-Key is empty"},
		"twice":                {"createInvoice", []string{v4, v4}, "Idempotency-Key is given twice"},
		"UUID v1":              {"createInvoice", []string{"123e4567-e89b-12d3-a456-426614174000"}, wantV4},
		"large letters":        {"createInvoice", []string{"123E4567-E89B-42D3-A456-556642440000"}, wantV4},
		"something around it":  {"createInvoice", []string{"{" + v4 + "}"}, wantV4},
		"text":                 {"createInvoice", []string{"order 1"}, wantV4},
		"any UUID":             {"cancelOrder", []string{"123E4567-e89b-12d3-a456-426614174000"}, ""},
		"no UUID":              {"cancelOrder", []string{"123e4567-e89b-12d3-a456-42661417400g"}, "Idempotency-Key must be a UUID"},
		"not required":         {"createCheckoutInvoice", nil, ""},
		"not required, but no": {"createCheckoutInvoice", []string{"1"}, "Idempotency-Key must be a UUID"},
		"not documented":       {"createCart", []string{"anything"}, ""},
		"no such operation":    {"flyToTheMoon", nil, `the contract has no operation "flyToTheMoon"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := http.Header{"Content-Type": {"a", "b"}}
			for _, key := range tc.keys {
				h.Add("idempotency-key", key)
			}
			wantError(t, CheckHeaders(tc.operation, h), tc.want)
		})
	}
}

func TestCheckBody(t *testing.T) {
	t.Parallel()
	item := func(members string) string {
		return `{"customer_id":"c","items":[{"productId":"a"},{` + members + `}]}`
	}
	for name, tc := range map[string]struct{ operation, body, want string }{
		"least":                         {"createInvoice", `{"amount_usd":0.01}`, ""},
		"most":                          {"createInvoice", ` {"amount_usd":1000000.00} `, ""},
		"everything":                    {"createInvoice", `{"amount_usd":9.5e1,"metadata":{"a":[1]},"expires_in":1,"questions":{"questions":[{"id":"q","validation":{"required":true}}]}}`, ""},
		"unknown members":               {"createInvoice", `{"amount_usd":1,"color":"red","AMOUNT_USD":"x","x":{"a":1,"a":2}}`, ""},
		"required":                      {"createInvoice", `{}`, "amount_usd is required"},
		"required, in another case":     {"createInvoice", `{"Amount_USD":1}`, "amount_usd is required"},
		"required, escaped":             {"createInvoice", `{"\u0061mount_usd":1}`, ""},
		"twice":                         {"createInvoice", `{"amount_usd":1,"amount_usd":1}`, `the request body has the member "amount_usd" twice`},
		"twice, escaped":                {"createInvoice", `{"amount_usd":1,"\u0061mount_usd":2}`, `the request body has the member "amount_usd" twice`},
		"unknown, twice":                {"createInvoice", `{"amount_usd":1,"x":1,"x":1}`, `the request body has the member "x" twice`},
		"twice, below":                  {"createEstimate", item(`"title":"a","title":"a"`), `items[1] has the member "title" twice`},
		"no body":                       {"createInvoice", ``, "the request needs a body in JSON"},
		"blank body":                    {"createInvoice", " \n", "the request needs a body in JSON"},
		"no body where none has to be":  {"cancelOrder", ``, ""},
		"any body where none is known":  {"revokeApiKey", `]`, ""},
		"array":                         {"createInvoice", `[]`, "the request body must be a JSON object"},
		"null for the body":             {"createInvoice", `null`, "the request body must be a JSON object"},
		"truncated":                     {"createInvoice", `{"amount_usd":`, "the request body is not valid JSON"},
		"trailing bytes":                {"createInvoice", `{"amount_usd":1} x`, "the request body is not valid JSON"},
		"very deep":                     {"createInvoice", strings.Repeat("[", 20000) + strings.Repeat("]", 20000), "the request body is not valid JSON"},
		"not UTF-8":                     {"createInvoice", "{\"amount_usd\":1,\"description\":\"\xff\"}", "the request body is not UTF-8"},
		"number too small":              {"createInvoice", `{"amount_usd":0.0099999999999999999999999}`, "amount_usd must be at least 0.01"},
		"number too large":              {"createInvoice", `{"amount_usd":1000000.0000000000000000001}`, "amount_usd must be at most 1000000"},
		"number far too large":          {"createInvoice", `{"amount_usd":1e99999999999999999999}`, "amount_usd must be at most 1000000"},
		"number all but zero":           {"createInvoice", `{"amount_usd":1e-99999999999999999999}`, "amount_usd must be at least 0.01"},
		"negative number":               {"createInvoice", `{"amount_usd":-1e3}`, "amount_usd must be at least 0.01"},
		"number as text":                {"createInvoice", `{"amount_usd":"1"}`, "amount_usd must be a number"},
		"integer too large":             {"createInvoice", `{"amount_usd":1,"expires_in":2592000001}`, "expires_in must be from 1 to 2592000000"},
		"integer with a fraction":       {"createInvoice", `{"amount_usd":1,"expires_in":1.5}`, "expires_in must be an integer"},
		"integer with an exponent":      {"createInvoice", `{"amount_usd":1,"expires_in":1e3}`, "expires_in must be an integer"},
		"integer beyond int64":          {"mintWsToken", `{"ttl_seconds":9223372036854775808}`, "ttl_seconds is out of range"},
		"nested bounds":                 {"createCart", `{"customer_id":"c","item":{"quantity":100}}`, "item.quantity must be from 1 to 99"},
		"in a list":                     {"createEstimate", item(`"quantity":0`), "items[1].quantity must be at least 1"},
		"zero where it is meant":        {"updateCartItem", `{"customer_id":"c","quantity":0}`, ""},
		"price below a cent":            {"addCartItem", `{"productId":"a","retailer":"amazon","title":"t","price":0.009}`, "price must be at least 0.01"},
		"required by a part":            {"addCartItem", `{"productId":"a","retailer":"amazon","title":"t"}`, "price is required"},
		"enum by a part":                {"addCartItem", `{"productId":"a","retailer":"shop","title":"t","price":1}`, "retailer must be one of amazon, walmart, target, ebay, bestbuy, other, not shop"},
		"enum":                          {"mintWsToken", `{"scope":"admin"}`, "scope must be merchant or commerce, not admin"},
		"enum, empty":                   {"mintWsToken", `{"scope":""}`, "scope must be merchant or commerce"},
		"enum, another type":            {"mintWsToken", `{"scope":1}`, "scope must be a string"},
		"boolean":                       {"blockMerchantToken", `{"blocked":"yes"}`, "blocked must be true or false"},
		"null":                          {"mintWsToken", `{"scope":null}`, "scope must be a string"},
		"nullable":                      {"updateSettlementToken", `{"settlement_token_id":null}`, ""},
		"nullable, another type":        {"updateSettlementToken", `{"settlement_token_id":"5"}`, "settlement_token_id must be an integer or null"},
		"nullable, but required":        {"updateSettlementToken", `{}`, "settlement_token_id is required"},
		"object":                        {"createInvoice", `{"amount_usd":1,"metadata":[]}`, "metadata must be a JSON object"},
		"too many items":                {"submitInvoiceForm", `{"responses":[1,2,3,4,5,6]}`, "responses must have at most 5 items"},
		"too few items":                 {"submitInvoiceForm", `{"responses":[]}`, "responses is empty"},
		"item of another type":          {"submitInvoiceForm", `{"responses":[1]}`, "responses[0] must be a JSON object"},
		"required in an item":           {"submitInvoiceForm", `{"responses":[{"question_id":"q"}]}`, "responses[0].response is required"},
		"list":                          {"getOrderPayments", `{"orderIds":{}}`, "orderIds must be a list"},
		"UUID in a list":                {"getOrderPayments", `{"orderIds":["550e8400-e29b-41d4-a716-446655440000","1"]}`, "orderIds[1] must be a UUID"},
		"too short":                     {"createApiKey", `{"name":"","scope":"merchant"}`, "name is empty"},
		"too long":                      {"createInvoice", `{"amount_usd":1,"customer_id":"` + strings.Repeat("ä", 256) + `"}`, "customer_id must have at most 255 characters"},
		"date-time":                     {"createApiKey", `{"name":"a","scope":"merchant","expires_at":"2025-12-31T23:59:59.5+01:00"}`, ""},
		"no date-time":                  {"createApiKey", `{"name":"a","scope":"merchant","expires_at":"2025-12-31"}`, "expires_at must be a date and time such as 2026-12-31T23:59:59Z"},
		"no URI":                        {"createCheckoutInvoice", `{"customer_id":"c","estimateId":"550e8400-e29b-41d4-a716-446655440000","addressId":"550e8400-e29b-41d4-a716-446655440000","webhookUrl":"/a"}`, "webhookUrl must be an address with its scheme, such as https://example.com/"},
		"no such operation":             {"flyToTheMoon", `{}`, `the contract has no operation "flyToTheMoon"`},
		"unknown member is never read":  {"createInvoice", `{"amount_usd":1,"x":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `}`, ""},
		"the member before the missing": {"createInvoice", `{"expires_in":0}`, "expires_in must be from 1 to 2592000000"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantError(t, CheckBody(tc.operation, "application/json", []byte(tc.body)), tc.want)
		})
	}
}

func TestContentType(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		contentType string
		ok          bool
	}{
		"JSON":           {"application/json", true},
		"with a charset": {"application/json; charset=utf-8", true},
		"another case":   {"Application/JSON", true},
		"text":           {"text/plain", false},
		"form":           {"application/x-www-form-urlencoded", false},
		"none":           {"", false},
		"broken":         {"application/json;", true},
		"nonsense":       {";;", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := "Content-Type must be application/json"
			if tc.ok {
				want = ""
			}
			wantError(t, CheckBody("mintWsToken", tc.contentType, []byte(`{}`)), want)
			wantError(t, CheckBody("mintWsToken", tc.contentType, nil), "")
		})
	}
}

// The table has every schema that it names, and every operation is in it.
func TestTableIsWhole(t *testing.T) {
	t.Parallel()
	var visit func(at string, s *schema)
	visit = func(at string, s *schema) {
		if s == nil {
			return
		}
		if s.ref != "" && schemas[s.ref] == nil {
			t.Errorf("%s refers to %s, which is not there", at, s.ref)
		}
		for name, property := range s.properties {
			visit(at+"."+name, property)
		}
		for _, parts := range [][]*schema{s.all, s.anyOf, s.oneOf, {s.items, s.others}} {
			for _, part := range parts {
				visit(at, part)
			}
		}
	}
	for name, s := range schemas {
		visit(name, s)
	}
	for id, r := range requests {
		visit(id, r.body)
		for _, p := range append(r.query, r.headers...) {
			visit(id+" "+p.name, p.schema)
		}
	}
	if len(requests) < 50 || len(schemas) < 20 {
		t.Errorf("%d operations, %d schemas", len(requests), len(schemas))
	}
}

func FuzzCheckBody(f *testing.F) {
	for id := range requests {
		for _, body := range []string{`{}`, `null`, `{"amount_usd":1e-400,"expires_in":-0}`, `{"a":1,"a":2}`, `{"items":[{"quantity":1e9}],"orderIds":["a"]}`, "\xff", `{"scope":"\ud800"}`} {
			f.Add(id, "application/json", []byte(body))
		}
	}
	f.Fuzz(func(t *testing.T, id, contentType string, body []byte) {
		if err := CheckBody(id, contentType, body); err != nil && err.Error() == "" {
			t.Error("an error without words")
		}
		_ = CheckQuery(id, string(body))
		_ = CheckHeaders(id, http.Header{"Idempotency-Key": {string(body)}})
	})
}
