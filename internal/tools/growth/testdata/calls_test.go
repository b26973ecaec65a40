// Package growthcalls calls the operations of growth.json. It is compiled in a
// copy of the repository whose contract has them.
package growthcalls

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const (
	merchantKey = "growth-merchant-key"
	commerceKey = "growth-commerce-key"
	bearer      = "growth.bearer.token"
	uuid        = "0b9a2f1e-1c2d-4e3f-8a4b-5c6d7e8f9a0b"
)

// arrived is what the server saw of one request.
type arrived struct {
	method, path, query, body string
	header                    http.Header
}

// server answers every request alike and hands out the one it got.
func server(t *testing.T, status int, answer string) (url string, last func() arrived) {
	t.Helper()
	requests := make(chan arrived, 1)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		requests <- arrived{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, string(body), r.Header}
		if answer != "" {
			w.Header().Set("Content-Type", "application/json")
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(s.Close)
	return s.URL, func() arrived {
		select {
		case r := <-requests:
			return r
		default:
			t.Fatal("nothing arrived")
			return arrived{}
		}
	}
}

func client(t *testing.T, url string, credentials ...wrapper.Option) *pepay.ClientWithResponses {
	t.Helper()
	c, err := wrapper.New(append(credentials, wrapper.WithBaseURL(url))...)
	if err != nil {
		t.Fatal(err)
	}
	return c.API()
}

func all() []wrapper.Option {
	return []wrapper.Option{wrapper.WithAPIKey(merchantKey), wrapper.WithCommerceAPIKey(commerceKey), wrapper.WithBearerToken(bearer)}
}

// check compares a request with what should have arrived. Every header that can
// carry a credential or a parameter of the contract counts: one that is not
// wanted must be absent.
func (got arrived) check(t *testing.T, method, path, query, body string, headers map[string]string) {
	t.Helper()
	for _, part := range []struct{ name, got, want string }{
		{"method", got.method, method},
		{"path", got.path, path},
		{"query", got.query, query},
		{"body", got.body, body},
	} {
		if part.got != part.want {
			t.Errorf("%s is %q, want %q", part.name, part.got, part.want)
		}
	}
	for _, name := range []string{"X-Api-Key", "X-Commerce-Api-Key", "Authorization", "Cookie", "Idempotency-Key", "X-Growth-Trace", "X-Growth-Reason"} {
		values := got.header.Values(name)
		switch want, wanted := headers[name]; {
		case !wanted && len(values) > 0:
			t.Errorf("%s arrived and should not", name)
		case wanted && (len(values) != 1 || !regexp.MustCompile("^"+want+"$").MatchString(values[0])):
			t.Errorf("%s is %q, want %s once", name, values, want)
		}
	}
}

func ptr[T any](v T) *T { return &v }

func decimal(t *testing.T, text string) pepay.Decimal {
	t.Helper()
	d, err := pepay.ParseDecimal(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestEveryKindOfParameterAndBothCredentials(t *testing.T) {
	url, last := server(t, 200, `{"success":true,"data":[{"id":"`+uuid+`","amount":12345678901234567890.123456789,"quantity":3,"network":"testnet","note":null},{"id":"x","network":"moonnet"}]}`)
	resp, err := client(t, url, all()...).ListGrowthLinesWithResponse(t.Context(), "a/b c", &pepay.ListGrowthLinesParams{
		Limit:        ptr(int64(0)), // zero is a value: it was given
		MinAmount:    ptr(decimal(t, "0.10")),
		Settled:      ptr(false),
		Environment:  ptr(pepay.ListGrowthLinesParamsEnvironmentDevnet),
		Types:        &[]string{"a", "b"},
		XGrowthTrace: ptr("trace-1"),
	})
	if err != nil {
		t.Fatal(err)
	}
	last().check(t, "GET", "/api/v1/growth/invoices/a%2Fb%20c/lines", "limit=0&min_amount=0.10&settled=false&environment=devnet&types=a,b", "", map[string]string{
		"X-Api-Key": merchantKey, "Authorization": "Bearer " + bearer, "X-Growth-Trace": "trace-1",
	})
	want := []pepay.GrowthLine{
		{ID: uuid, Amount: decimal(t, "12345678901234567890.123456789"), Quantity: 3, Network: pepay.GrowthNetworkTestnet},
		{ID: "x", Network: "moonnet"},
	}
	if got := resp.JSON200; got == nil || !got.Success || !reflect.DeepEqual(got.Data, want) {
		t.Errorf("answer is %+v, want %+v", got, want)
	}
	if pepay.GrowthNetwork("moonnet").Valid() || !pepay.GrowthNetworkDevnet.Valid() {
		t.Error("Valid is wrong about moonnet or devnet")
	}
}

func TestAbsentParametersAreNotSent(t *testing.T) {
	url, last := server(t, 200, `{"success":true,"data":[]}`)
	api := client(t, url, all()...)
	headers := map[string]string{"X-Api-Key": merchantKey, "Authorization": "Bearer " + bearer}
	for _, params := range []*pepay.ListGrowthLinesParams{nil, {}} {
		if _, err := api.ListGrowthLinesWithResponse(t.Context(), uuid, params); err != nil {
			t.Fatal(err)
		}
		last().check(t, "GET", "/api/v1/growth/invoices/"+uuid+"/lines", "", "", headers)
	}
}

func TestBothCredentialsAreNeededTogether(t *testing.T) {
	url, _ := server(t, 200, `{}`)
	_, err := client(t, url, wrapper.WithAPIKey(merchantKey)).ListGrowthLinesWithResponse(t.Context(), uuid, nil)
	wantNoCredential(t, err)
}

func TestEitherCredential(t *testing.T) {
	for name, tc := range map[string]struct {
		credentials []wrapper.Option
		headers     map[string]string
	}{
		"both":        {all(), map[string]string{"X-Commerce-Api-Key": commerceKey}},
		"first only":  {[]wrapper.Option{wrapper.WithCommerceAPIKey(commerceKey)}, map[string]string{"X-Commerce-Api-Key": commerceKey}},
		"second only": {[]wrapper.Option{wrapper.WithAPIKey(merchantKey)}, map[string]string{"X-Api-Key": merchantKey}},
	} {
		t.Run(name, func(t *testing.T) {
			url, last := server(t, 200, `{"symbol":"A&B","rate":1.10,"fee":0.000000000000000001}`)
			resp, err := client(t, url, tc.credentials...).GetGrowthRateWithResponse(t.Context(), &pepay.GetGrowthRateParams{Symbol: "A&B"})
			if err != nil {
				t.Fatal(err)
			}
			last().check(t, "GET", "/api/v1/growth/rates", "symbol=A%26B", "", tc.headers)
			want := pepay.GrowthRate{Symbol: "A&B", Rate: decimal(t, "1.10"), Fee: decimal(t, "0.000000000000000001")}
			if resp.JSON200 == nil || *resp.JSON200 != want {
				t.Errorf("answer is %+v, want %+v", resp.JSON200, want)
			}
		})
	}
	t.Run("neither", func(t *testing.T) {
		url, _ := server(t, 200, `{}`)
		_, err := client(t, url, wrapper.WithBearerToken(bearer)).GetGrowthRateWithResponse(t.Context(), &pepay.GetGrowthRateParams{Symbol: "A"})
		wantNoCredential(t, err)
	})
}

func TestPublicNeverGetsACredential(t *testing.T) {
	for name, credentials := range map[string][]wrapper.Option{"with credentials": all(), "without": nil} {
		t.Run(name, func(t *testing.T) {
			url, last := server(t, 200, `{"message":"up","node":{"name":"b","parent":{"name":"a"},"children":[{"name":"c"}]}}`)
			resp, err := client(t, url, credentials...).GetGrowthStatusWithResponse(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			last().check(t, "GET", "/api/v1/growth/status", "", "", nil)
			if resp.JSON200 == nil || resp.JSON200.Message != "up" {
				t.Fatalf("answer is %+v", resp.JSON200)
			}
			// A schema that holds itself is the one model with a pointer.
			want := pepay.GrowthNode{Name: "b", Parent: &pepay.GrowthNode{Name: "a"}, Children: []pepay.GrowthNode{{Name: "c"}}}
			if !reflect.DeepEqual(resp.JSON200.Node, want) {
				t.Errorf("node is %+v, want %+v", resp.JSON200.Node, want)
			}
		})
	}
}

func TestAnonymousOnlyWithoutACredential(t *testing.T) {
	for name, tc := range map[string]struct {
		credentials []wrapper.Option
		headers     map[string]string
	}{
		"with credentials": {all(), map[string]string{"X-Api-Key": merchantKey}},
		"with another":     {[]wrapper.Option{wrapper.WithBearerToken(bearer)}, nil},
		"without":          {nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			url, last := server(t, 200, `["one","two"]`)
			resp, err := client(t, url, tc.credentials...).ListGrowthNotesWithResponse(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			last().check(t, "GET", "/api/v1/growth/notes", "", "", tc.headers)
			if resp.JSON200 == nil || !reflect.DeepEqual(*resp.JSON200, []string{"one", "two"}) {
				t.Errorf("answer is %+v", resp.JSON200)
			}
		})
	}
}

func TestBodyInheritedSecurityAndIdempotencyKey(t *testing.T) {
	for name, tc := range map[string]struct {
		params *pepay.CreateGrowthPayoutParams
		key    string
	}{
		"made by the client": {nil, "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"},
		"given":              {&pepay.CreateGrowthPayoutParams{IdempotencyKey: ptr("order-17")}, "order-17"},
	} {
		t.Run(name, func(t *testing.T) {
			url, last := server(t, 201, `{"id":"`+uuid+`","amount":10.50,"kind":"devnet","recipient":{"address":"0xabc"},"lines":[{"id":"l1","amount":1e-7}]}`)
			resp, err := client(t, url, all()...).CreateGrowthPayoutWithResponse(t.Context(), tc.params, pepay.GrowthPayoutInput{
				Amount:  decimal(t, "10.50"),
				Network: pepay.GrowthNetworkDevnet,
				Kind:    pepay.GrowthPayoutInputKindDevnet,
				Lines:   []pepay.GrowthLineInput{{ID: "l1"}},
			})
			if err != nil {
				t.Fatal(err)
			}
			got := last()
			got.check(t, "POST", "/api/v1/growth/payouts", "", `{"amount":10.50,"kind":"devnet","lines":[{"id":"l1"}],"network":"devnet"}`,
				map[string]string{"Authorization": "Bearer " + bearer, "Idempotency-Key": tc.key})
			if ct := got.header.Get("Content-Type"); ct != "application/json" {
				t.Errorf("Content-Type is %q", ct)
			}
			want := &pepay.GrowthPayout{ID: uuid, Amount: decimal(t, "10.50"), Kind: "devnet", Lines: []pepay.GrowthLine{{ID: "l1", Amount: decimal(t, "1e-7")}}}
			want.Recipient.Address = "0xabc"
			if !reflect.DeepEqual(resp.JSON201, want) {
				t.Errorf("answer is %+v, want %+v", resp.JSON201, want)
			}
		})
	}
}

func TestRequiredHeaderParameterOfThePathAndNoContent(t *testing.T) {
	url, last := server(t, 204, "")
	resp, err := client(t, url, all()...).CancelGrowthPayoutWithResponse(t.Context(), "po_1", &pepay.CancelGrowthPayoutParams{DryRun: ptr(true), XGrowthReason: "mistake"})
	if err != nil {
		t.Fatal(err)
	}
	last().check(t, "DELETE", "/api/v1/growth/payouts/po_1", "dry_run=true", "", map[string]string{"X-Commerce-Api-Key": commerceKey, "X-Growth-Reason": "mistake"})
	if resp.StatusCode() != 204 {
		t.Errorf("status is %d", resp.StatusCode())
	}
}

// Errors of the new operations are the wrapper's, with the document's name.
func TestErrorsCarryTheOperation(t *testing.T) {
	url, _ := server(t, 404, `{"success":false,"error":{"code":"NOT_FOUND","message":"no such payout"}}`)
	_, err := client(t, url, all()...).CancelGrowthPayoutWithResponse(t.Context(), "po_1", &pepay.CancelGrowthPayoutParams{XGrowthReason: "x"})
	var apiError *wrapper.Error
	if !errors.As(err, &apiError) || apiError.Operation != "cancelGrowthPayout" || apiError.StatusCode != 404 || apiError.Path != "/api/v1/growth/payouts/{payout_id}" {
		t.Errorf("error is %#v", err)
	}
}

func TestOperationTable(t *testing.T) {
	type row = pepay.Operation
	success := func(status string) []pepay.SuccessAnswer {
		return []pepay.SuccessAnswer{{Status: status, MediaTypes: []string{"application/json"}}}
	}
	want := map[string]row{
		"listGrowthLines":    {Security: []map[string][]string{{"merchantApiKey": {}, "bearerAuth": {}}}, Repeatable: true, Success: success("200"), Form: pepay.AnswerInData},
		"getGrowthRate":      {Security: []map[string][]string{{"commerceApiKey": {}}, {"merchantApiKey": {}}}, Repeatable: true, Success: success("200"), Form: pepay.AnswerWhole},
		"getGrowthStatus":    {Security: []map[string][]string{}, Repeatable: true, Success: success("200"), Form: pepay.AnswerWhole},
		"listGrowthNotes":    {Security: []map[string][]string{{}, {"merchantApiKey": {}}}, Repeatable: true, Success: success("200"), Form: pepay.AnswerWhole},
		"createGrowthPayout": {Security: []map[string][]string{{"bearerAuth": {}}}, IdempotencyKey: true, Success: success("201"), Form: pepay.AnswerWhole},
		"cancelGrowthPayout": {Security: []map[string][]string{{"commerceApiKey": {}}}, Success: []pepay.SuccessAnswer{{Status: "204"}}},
	}
	for _, got := range pepay.Operations() {
		expected, ours := want[got.ID]
		if !ours {
			continue
		}
		delete(want, got.ID)
		expected.ID, expected.Method, expected.Path = got.ID, got.Method, got.Path
		if !reflect.DeepEqual(got, expected) {
			t.Errorf("%s is %+v, want %+v", got.ID, got, expected)
		}
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
}

// Models have no pointers, and numbers and uuids are what they are on the wire.
func TestModels(t *testing.T) {
	for _, model := range []any{pepay.GrowthLine{}, pepay.GrowthRate{}, pepay.GrowthPayout{}} {
		noPointers(t, reflect.TypeOf(model), "")
	}
	for name, pair := range map[string][2]any{
		"number":        {pepay.GrowthRate{}.Rate, pepay.Decimal{}},
		"number float":  {pepay.GrowthRate{}.Fee, pepay.Decimal{}},
		"number double": {pepay.GrowthLine{}.Amount, pepay.Decimal{}},
		"uuid":          {pepay.GrowthLine{}.ID, ""},
		"email":         {pepay.GrowthPayout{}.Email, ""},
		"integer":       {pepay.GrowthLine{}.Quantity, int64(0)},
		"nullable":      {pepay.GrowthLine{}.Note, ""},
	} {
		if got, want := reflect.TypeOf(pair[0]), reflect.TypeOf(pair[1]); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	params := reflect.TypeOf(pepay.ListGrowthLinesParams{})
	for i := range params.NumField() {
		if f := params.Field(i); f.Type.Kind() != reflect.Pointer {
			t.Errorf("optional parameter %s is %v, want a pointer", f.Name, f.Type)
		}
	}
	if got := reflect.TypeOf(pepay.GetGrowthRateParams{}.Symbol).Kind(); got != reflect.String {
		t.Errorf("required parameter Symbol is a %v", got)
	}
	// The name of a constant begins with its type: devnet is a value of several.
	if pepay.NetworkEnvironmentDevnet != "devnet" || pepay.GrowthNetworkDevnet != "devnet" || pepay.GrowthPayoutKindDevnet != "devnet" {
		t.Error("a devnet is something else")
	}
}

func noPointers(t *testing.T, model reflect.Type, path string) {
	t.Helper()
	path += "." + model.Name()
	switch model.Kind() {
	case reflect.Pointer:
		t.Errorf("%s is a pointer", path)
	case reflect.Slice:
		noPointers(t, model.Elem(), path)
	case reflect.Struct:
		for i := range model.NumField() {
			noPointers(t, model.Field(i).Type, path+"."+model.Field(i).Name)
		}
	}
}

func wantNoCredential(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, wrapper.ErrNoCredential) {
		t.Errorf("error is %v, want ErrNoCredential", err)
	}
	if err != nil && (strings.Contains(err.Error(), merchantKey) || strings.Contains(err.Error(), bearer)) {
		t.Errorf("error shows a credential: %v", err)
	}
}
