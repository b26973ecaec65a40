package pepaytest_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

const (
	sessionPath   = "/api/v1/payments/session-details"
	tokensPath    = "/api/v1/payments/available-tokens"
	allocatePath  = "/api/v1/payments/payment-addresses"
	statusPath    = "/api/v1/payments/payment-status"
	emailPath     = "/api/v1/payments/customer-email"
	questionsPath = "/api/v1/payments/invoice-questions"
	formPath      = "/api/v1/payments/submit-form"
)

// payor is who has the session of an invoice.
type payor struct {
	t       *testing.T
	s       *pepaytest.Server
	invoice createdInvoice
}

func newPayor(t *testing.T, invoice string, opts ...pepaytest.Option) *payor {
	t.Helper()
	s := pepaytest.NewServer(t, append([]pepaytest.Option{pepaytest.WithClock(fixedClock)}, opts...)...)
	return &payor{t, s, createInvoice(t, s, invoice, aUUID)}
}

// onMainnet is an account whose invoices are paid on mainnet.
func onMainnet() pepaytest.Option {
	return pepaytest.WithAccount(pepaytest.Account{MainnetAccess: true, Environment: pepay.NetworkEnvironmentMainnet})
}

func (p *payor) ask(method, path, body string) reply {
	p.t.Helper()
	r, err := request(p.t, p.s, method, path, body, "x-session-token", p.invoice.SessionToken, "x-signature", p.invoice.Signature)
	if err != nil {
		p.t.Fatal(err)
	}
	return r
}

func (p *payor) get(path string) map[string]any {
	p.t.Helper()
	r := p.ask(http.MethodGet, path, "")
	if r.status != http.StatusOK {
		p.t.Fatalf("%s: %d %s", path, r.status, r.body)
	}
	return decode[map[string]any](p.t, r)
}

func (p *payor) pay(payment pepaytest.Payment) {
	p.t.Helper()
	if err := p.s.Pay(p.invoice.ID, payment); err != nil {
		p.t.Fatal(err)
	}
}

func (p *payor) allocate(body string) pepay.PaymentAddress {
	p.t.Helper()
	r := p.ask(http.MethodPost, allocatePath, body)
	if r.status != http.StatusOK {
		p.t.Fatalf("allocate %s: %d %s", body, r.status, r.body)
	}
	return decode[pepay.PaymentAddress](p.t, r)
}

// has compares members of an answer.
func has(t *testing.T, what string, got map[string]any, want string) {
	t.Helper()
	for name, value := range decode[map[string]any](t, reply{body: want}) {
		if is, ok := got[name]; !ok || sprint(is) != sprint(value) {
			t.Errorf("%s: %s is %v, want %v", what, name, is, value)
		}
	}
}

func TestPaymentSession(t *testing.T) {
	t.Parallel()
	p := newPayor(t, `{"amount_usd":49.99,"description":"Starter plan","expires_in":3600000}`)
	has(t, "new", p.get(sessionPath), `{"invoice_id":"`+p.invoice.ID+`","amount_usd":49.99,"amount_remaining_usd":49.99,"description":"Starter plan",
		"invoice_status":"unpaid","remaining_time":3600000,"remaining_seconds":3600,"merchant_name":"Pepay Demo Merchant","merchant_email":"billing@example.com",
		"network_environment":"devnet","locked_network":null,"locked_token_id":null,"locked_payment_address":null}`)
	p.s.Advance(59*time.Minute + 58*time.Second + 500*time.Millisecond)
	p.pay(pepaytest.Payment{Millis: 9_990, TokenID: 10})
	session := p.get(sessionPath)
	has(t, "underpaid", session, `{"invoice_status":"underpaid","remaining_time":1500,"remaining_seconds":1,"amount_usd":49.99,"amount_remaining_usd":40,
		"locked_network":"solana","locked_token_id":10}`)
	locked := session["locked_payment_address"]
	if address := p.allocate(`{"network":"solana","tokenId":10}`); locked == nil || locked == address.TempAddress {
		t.Errorf("locked to %v, and then given %s", locked, address.TempAddress)
	} else if got := p.get(sessionPath)["locked_payment_address"]; got != address.TempAddress {
		t.Errorf("locked to %v after the address became %s", got, address.TempAddress)
	}
	p.s.Advance(time.Minute)
	has(t, "expired", p.get(sessionPath), `{"invoice_status":"expired","remaining_time":0,"remaining_seconds":0,"locked_network":null}`)
}

func TestWhoIsNoPayor(t *testing.T) {
	t.Parallel()
	p := newPayor(t, `{"amount_usd":1}`)
	other := createInvoice(t, p.s, `{"amount_usd":1}`, anotherUUID)
	for name, tc := range map[string]struct {
		headers []string
		status  int
	}{
		"nothing":           {nil, http.StatusUnauthorized},
		"a key":             {[]string{"x-api-key", p.s.APIKey()}, http.StatusUnauthorized},
		"no signature":      {[]string{"x-session-token", p.invoice.SessionToken}, http.StatusUnauthorized},
		"unknown":           {[]string{"x-session-token", "pst_0", "x-signature", p.invoice.Signature}, http.StatusUnauthorized},
		"another signature": {[]string{"x-session-token", p.invoice.SessionToken, "x-signature", other.Signature}, http.StatusForbidden},
	} {
		r, err := request(t, p.s, http.MethodGet, sessionPath, "", tc.headers...)
		if err != nil || r.status != tc.status {
			t.Errorf("%s: %v %d %s, want %d", name, err, r.status, r.body, tc.status)
		}
	}
}

func TestPaymentStatus(t *testing.T) {
	t.Parallel()
	p := newPayor(t, `{"amount_usd":10}`)
	want := func(body string) {
		t.Helper()
		if got := p.ask(http.MethodGet, statusPath, "").body; got != body {
			t.Errorf("got %s, want %s", got, body)
		}
	}
	want(`{"paid_at":null,"status":"unpaid"}`)
	p.pay(pepaytest.Payment{Millis: 1})
	want(`{"paid_at":null,"status":"underpaid"}`)
	p.pay(pepaytest.Payment{})
	want(`{"paid_at":` + sprint(fixedClock().Unix()) + `,"status":"paid"}`)
}

type availableToken struct {
	ID           int64           `json:"id"`
	Availability string          `json:"availability_status"`
	Rate         json.RawMessage `json:"settlement_rate"`
	Cost         json.RawMessage `json:"settlement_cost_usd"`
	Same         bool            `json:"is_same_token_settlement"`
	Route        bool            `json:"has_settlement_route"`
	Updated      int64           `json:"rate_updated_at"`
	Reason       string          `json:"unavailable_reason"`
}

func available(t *testing.T, p *payor, query string) []availableToken {
	t.Helper()
	r := p.ask(http.MethodGet, tokensPath+query, "")
	if r.status != http.StatusOK {
		t.Fatalf("%s: %d %s", query, r.status, r.body)
	}
	return decode[[]availableToken](t, r)
}

func tokenIDs(list []availableToken) string {
	var ids []any
	for _, tok := range list {
		ids = append(ids, tok.ID)
	}
	return sprint(ids...)
}

func TestAvailableTokens(t *testing.T) {
	t.Parallel()
	const all = "10 11 12 13 14 15 16 17"
	devnet, mainnet := newPayor(t, `{"amount_usd":50}`), newPayor(t, `{"amount_usd":50}`, onMainnet())
	for _, tc := range []struct {
		p           *payor
		query, want string
	}{
		{devnet, "", all},
		{devnet, "?mode=all", all},
		{devnet, "?mode=network&network=solana", "10 15"},
		{devnet, "?network=solana", "10 15"},
		{devnet, "?available_only=true", all},
		{devnet, "?mode=network&network=cardano", ""},
		{mainnet, "", "1 2 3 4 5 6 7 123 124 125 126 127 128 129 130 131 133"},
		{mainnet, "?mode=monitored&available_only=true", "1 3 4 5 6 7 123 124 125 126 127 128 129 130 131"},
		{mainnet, "?mode=all&available_only=false", "1 2 3 4 5 6 7 123 124 125 126 127 128 129 130 131 132 133"},
		{mainnet, "?mode=network&network=solana", "3 4 132"},
	} {
		if got := tokenIDs(available(t, tc.p, tc.query)); got != tc.want {
			t.Errorf("%s: got %s, want %s", tc.query, got, tc.want)
		}
	}
	wantError(t, devnet.ask(http.MethodGet, tokensPath+"?mode=network", ""), http.StatusBadRequest, "VALIDATION_ERROR")

	body := devnet.ask(http.MethodGet, tokensPath, "").body
	for _, field := range []string{"settlement_rate", "settlement_cost_usd", "tier", "rate_updated_at"} {
		if strings.Contains(body, field) {
			t.Errorf("a token of devnet has %s: %s", field, body)
		}
	}
	now := fixedClock().Truncate(time.Minute).Unix()
	for _, tok := range available(t, mainnet, "?mode=all") {
		want := map[int64]availableToken{
			2:   {ID: 2, Availability: "STALE", Updated: now - 600, Reason: "Rate data is older than 5 minutes"},
			3:   {ID: 3, Availability: "AVAILABLE", Route: true, Rate: json.RawMessage("1.02"), Cost: json.RawMessage("51"), Updated: now},
			123: {ID: 123, Availability: "AVAILABLE", Route: true, Same: true, Rate: json.RawMessage("1"), Cost: json.RawMessage("50"), Updated: now},
			132: {ID: 132, Availability: "QUOTE_REQUIRED", Route: true},
			133: {ID: 133, Availability: "NO_LIQUIDITY", Updated: now, Reason: "No liquidity for a settlement"},
		}[tok.ID]
		for _, raw := range []*json.RawMessage{&tok.Rate, &tok.Cost} {
			if string(*raw) == "null" {
				*raw = nil
			}
		}
		if want.ID != 0 && sprint(tok) != sprint(want) {
			t.Errorf("got %+v, want %+v", tok, want)
		}
	}

	if r := ask(t, devnet.s, http.MethodPost, "/api/v1/merchant/tokens/12/block", `{"blocked":true}`); r.status != http.StatusOK {
		t.Fatal(r.body)
	}
	if got := tokenIDs(available(t, devnet, "")); got != "10 11 13 14 15 16 17" {
		t.Errorf("with a blocked token: %s", got)
	}
	devnet.pay(pepaytest.Payment{Millis: 1, TokenID: 15})
	for _, query := range []string{"", "?mode=network&network=base", "?available_only=true"} {
		if got := tokenIDs(available(t, devnet, query)); got != "15" {
			t.Errorf("locked, %s: %s", query, got)
		}
	}
}

func TestAllocateAddress(t *testing.T) {
	t.Parallel()
	p := newPayor(t, `{"amount_usd":49.99}`)
	n := len(p.s.Events())
	first := p.allocate(`{"network":"base","tokenId":11}`)
	now := fixedClock().Unix()
	if first.QuoteStatus != "available" || first.StatusCode != "ok" || !first.Success || first.Network != "base" || first.SupportedTokenID != 11 ||
		first.EstimatedTokenAmount.String() != "49.990000" || first.ExchangeRate.String() != "1.000000" || first.USDAmount.String() != "49.99" ||
		first.QuoteLastUpdatedAt.Unix() != now || first.QuoteValidUntil.Unix() != now+300 || first.QuoteExpiresInSeconds.String() != "300" {
		t.Errorf("quote: %+v", first)
	}
	if !strings.HasPrefix(first.TempAddress, "0x") || len(first.TempAddress) != 42 {
		t.Errorf("address %q", first.TempAddress)
	}
	if ws := first.WSConnection; ws.Endpoint != "/ws/payment" || ws.FrameFormat != "event_v1" || ws.WSURL != "/ws/payment?format=event_v1" {
		t.Errorf("connection: %+v", ws)
	}
	p.s.Advance(5 * time.Minute)
	second := p.allocate(`{"network":"base","tokenId":14}`) // 2,500 dollars each, and a buffer of 1 %
	if second.TempAddress == first.TempAddress || second.QuoteLastUpdatedAt.Unix() != now+300 || second.ExchangeRate.String() != "0.000400" || second.EstimatedTokenAmount.String() != "0.020195960" {
		t.Errorf("rotated: %+v", second)
	}
	p.pay(pepaytest.Payment{Millis: 10_000}) // in the token of the address
	if rest := p.allocate(`{"network":"base","tokenId":14}`); rest.EstimatedTokenAmount.String() != "0.016155960" || rest.USDAmount.String() != "49.99" {
		t.Errorf("the rest: %+v", rest)
	}
	var quotes []string
	for _, ev := range p.s.Events()[n:] {
		if ev.Type == pepay.EventPaymentQuoteUpdated {
			quotes = append(quotes, string(ev.Data.Object))
		}
	}
	want := `{"amount_remaining":49990,"amount_remaining_decimal":"49.990","amount_unit":"usd_millis","currency":"usd","invoice_id":"` + p.invoice.ID + `","network":"base","object":"payment_quote"}`
	rest := strings.NewReplacer("49990", "39990", "49.990", "39.990").Replace(want)
	if got := strings.Join(quotes, "\n"); got != strings.Join([]string{want, want, rest, rest}, "\n") {
		t.Errorf("quotes:\n%s", got)
	}
}

func TestAddressesOfNetworks(t *testing.T) {
	t.Parallel()
	for body, form := range map[string]string{
		`{"network":"ethereum","tokenId":1}`:  "^0x[0-9a-f]{40}$",
		`{"network":"solana","tokenId":3}`:    "^[1-9A-HJ-NP-Za-km-z]{40,44}$",
		`{"network":"ton","tokenId":128}`:     "^EQ[0-9A-Za-z_-]{46}$",
		`{"network":"sui","tokenId":130}`:     "^0x[0-9a-f]{64}$",
		`{"network":"cardano","tokenId":133}`: "^addr1v[0-9a-f]{52}$",
	} {
		p := newPayor(t, `{"amount_usd":1}`, onMainnet(), pepaytest.WithQuoteStatus(133, pepay.QuoteStatusCodeOk))
		if got := p.allocate(body); !regexp.MustCompile(form).MatchString(got.TempAddress) {
			t.Errorf("%s: address %q", body, got.TempAddress)
		}
	}
}

func TestNoQuote(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		opts []pepaytest.Option
		body string
		want string
	}{
		"stale":        {[]pepaytest.Option{onMainnet()}, `{"network":"ethereum","tokenId":2}`, `{"quote_status":"expired","status_code":"quote_expired","retryable":true,"retry_after_seconds":30}`},
		"no liquidity": {[]pepaytest.Option{onMainnet()}, `{"network":"cardano","tokenId":133}`, `{"quote_status":"unavailable","status_code":"settlement_unavailable","retryable":false,"retry_after_seconds":null}`},
		"as asked for": {
			[]pepaytest.Option{pepaytest.WithQuoteStatus(11, pepay.QuoteStatusCodeQuoteUnavailable)}, `{"network":"base","tokenId":11}`,
			`{"quote_status":"unavailable","status_code":"quote_unavailable","retryable":true,"retry_after_seconds":30}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPayor(t, `{"amount_usd":10}`, tc.opts...)
			n := len(p.s.Events())
			r := p.ask(http.MethodPost, allocatePath, tc.body)
			got := decode[map[string]any](t, r)
			has(t, "no quote", got, tc.want)
			has(t, "no quote", got, `{"success":true,"usd_amount":10,"quote_valid_until":null}`)
			if got["message"] == nil || got["temp_address"] != nil || got["ws_connection"] == nil || len(p.s.Events()) != n {
				t.Errorf("%d %s", r.status, r.body)
			}
		})
	}
}

func TestWhatCannotBeAllocated(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		before     func(p *payor)
		body, want string
	}{
		"unknown token":   {nil, `{"network":"base","tokenId":999}`, "token 999 is not supported"},
		"mainnet token":   {nil, `{"network":"base","tokenId":123}`, "is a token of mainnet"},
		"another network": {nil, `{"network":"solana","tokenId":11}`, "is not that of token 11, which is base"},
		"upper case":      {nil, `{"network":"BASE","tokenId":11}`, "is not that of token 11"},
		"locked":          {func(p *payor) { p.pay(pepaytest.Payment{Millis: 1, TokenID: 11}) }, `{"network":"solana","tokenId":10}`, "locked"},
		"paid":            {func(p *payor) { p.pay(pepaytest.Payment{}) }, `{"network":"base","tokenId":11}`, "The invoice is paid"},
		"expired":         {func(p *payor) { p.s.Advance(24 * time.Hour) }, `{"network":"base","tokenId":11}`, "The invoice is expired"},
		"blocked": {
			func(p *payor) { ask(p.t, p.s, http.MethodPost, "/api/v1/merchant/tokens/11/block", `{"blocked":true}`) },
			`{"network":"base","tokenId":11}`, "is not accepted by the merchant",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPayor(t, `{"amount_usd":10}`)
			if tc.before != nil {
				tc.before(p)
			}
			r := p.ask(http.MethodPost, allocatePath, tc.body)
			wantError(t, r, http.StatusBadRequest, "VALIDATION_ERROR")
			if !strings.Contains(r.body, tc.want) {
				t.Errorf("%s does not say %q", r.body, tc.want)
			}
		})
	}
}

// The token of an address opens the stream of its invoice, on which a payment has no
// settlement.
func TestPayorStream(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t, pepaytest.WithPaymentTokenTTL(time.Minute))
	p := &payor{t, s, createInvoice(t, s, `{"amount_usd":10}`, aUUID)}
	other := createInvoice(t, s, `{"amount_usd":10}`, anotherUUID)
	token := p.allocate(`{"network":"base","tokenId":11}`).WSConnection.Token
	c := open(t, s, "/ws/payment?token="+url.QueryEscape(token.Reveal()))
	p.pay(pepaytest.Payment{Millis: 1})
	if err := s.Pay(other.ID, pepaytest.Payment{}); err != nil {
		t.Fatal(err)
	}
	p.pay(pepaytest.Payment{})
	if err := s.Settle(p.invoice.ID); err != nil {
		t.Fatal(err)
	}
	var seen []string
	for range 9 {
		ev := c.next()
		seen = append(seen, ev.Type)
		if _, id, _ := ev.Resource(); strings.HasPrefix(ev.Type, "invoice.") && id != p.invoice.ID {
			t.Errorf("an event of another invoice: %s", ev.Data.Object)
		}
		if text := string(ev.Data.Object) + string(ev.Data.PreviousAttributes); strings.Contains(text, "settlement") {
			t.Errorf("%s: %s", ev.Type, text)
		}
	}
	want := "invoice_payment.created invoice_payment.updated invoice.updated payment_quote.updated " +
		"invoice_payment.created invoice_payment.updated invoice.updated invoice_payment.updated invoice_payment.updated"
	if got := strings.Join(seen, " "); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	events := s.Events()
	if last := string(events[len(events)-1].Data.Object); !strings.Contains(last, `"settlement_status":"settled"`) {
		t.Errorf("merchants do not see the settlement: %s", last)
	}
}

func emailBody(t *testing.T, email string) string {
	t.Helper()
	body, err := json.Marshal(map[string]string{"email": email})
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestCustomerEmail(t *testing.T) {
	t.Parallel()
	p := newPayor(t, `{"amount_usd":10}`)
	if got := p.ask(http.MethodGet, emailPath, "").body; got != `{"email":null,"has_email":false}` {
		t.Errorf("at first: %s", got)
	}
	for _, email := range []string{"customer@example.com", " Ann.Bo+1@Shop.Example "} {
		stored := strings.ToLower(strings.TrimSpace(email))
		r := p.ask(http.MethodPost, emailPath, emailBody(t, email))
		if want := `{"email":"` + stored + `","message":"Email added successfully","success":true}`; r.body != want {
			t.Errorf("set: %s, want %s", r.body, want)
		}
		if got := p.ask(http.MethodGet, emailPath, "").body; got != `{"email":"`+stored+`","has_email":true}` {
			t.Errorf("get: %s", got)
		}
	}
	for _, bad := range []string{"", "nobody", "a@b", "Ann <ann@example.com>", "a b@example.com", "a@example.com,b@example.com", "a@.", strings.Repeat("a", 250) + "@example.com"} {
		wantError(t, p.ask(http.MethodPost, emailPath, emailBody(t, bad)), http.StatusBadRequest, "VALIDATION_ERROR")
	}
	p.pay(pepaytest.Payment{})
	wantError(t, p.ask(http.MethodPost, emailPath, `{"email":"a@example.com"}`), http.StatusBadRequest, "VALIDATION_ERROR")
	late := newPayor(t, `{"amount_usd":10,"customer_email":"ann@example.com"}`)
	late.s.Advance(24 * time.Hour)
	wantError(t, late.ask(http.MethodPost, emailPath, `{"email":"a@example.com"}`), http.StatusGone, "INVOICE_EXPIRED")
	if got := late.ask(http.MethodGet, emailPath, "").body; got != `{"email":"ann@example.com","has_email":true}` {
		t.Errorf("of the merchant: %s", got)
	}
}

func TestInvoiceForm(t *testing.T) {
	t.Parallel()
	none := newPayor(t, `{"amount_usd":10,"questions":{"questions":[]}}`)
	if got := none.ask(http.MethodGet, questionsPath, "").body; got != `{"has_questions":false}` {
		t.Errorf("no questions: %s", got)
	}
	shouted := newPayor(t, `{"amount_usd":10,"QUESTIONS":{"questions":"unchecked"}}`)
	if got := shouted.ask(http.MethodGet, questionsPath, "").body; got != `{"has_questions":false}` {
		t.Errorf("questions under a name that the contract does not have: %s", got)
	}
	const questions = `{"questions":[{"id":"q1","question":"Email address","type":"email","validation":{"required":true}},{"id":"q2","question":"Company","options":["a"]}]}`
	p := newPayor(t, `{"amount_usd":10,"questions":`+questions+`}`)
	if got := p.ask(http.MethodGet, questionsPath, "").body; got != `{"has_questions":true,"questions":`+questions+`}` {
		t.Errorf("questions: %s", got)
	}
	for responses, want := range map[string]string{
		`{"question_id":"q1","response":"customer@example.com"},{"question_id":"q2","response":"Acme Inc"}`: "",
		`{"question_id":"q1","response":"customer@example.com"}`:                                            "",
		`{"question_id":"q2","response":"Acme Inc"}`:                                                        `question \"q1\" has to be answered`,
		`{"question_id":"q1","response":"  "}`:                                                              `question \"q1\" has to be answered`,
		`{"question_id":"q1","response":"Acme Inc"}`:                                                        `question \"q1\" is not an e-mail address`,
		`{"question_id":"q1","response":"a@b.example"},{"question_id":"q1","response":"a@b.example"}`:       `question_id \"q1\" is there twice`,
		`{"question_id":"q1","response":"a@b.example"},{"question_id":"q3","response":"x"}`:                 `no question \"q3\"`,
	} {
		r := p.ask(http.MethodPost, formPath, `{"responses":[`+responses+`]}`)
		if want == "" {
			if r.body != `{"success":true}` {
				t.Errorf("%s: %d %s", responses, r.status, r.body)
			}
			continue
		}
		wantError(t, r, http.StatusBadRequest, "VALIDATION_ERROR")
		if !strings.Contains(r.body, want) {
			t.Errorf("%s: %s, want %s", responses, r.body, want)
		}
	}
}

func TestVerification(t *testing.T) {
	t.Parallel()
	p := newPayor(t, `{"amount_usd":10}`)
	path := "/api/v1/invoice/" + p.invoice.ID + "/verify"
	job := func(r reply) map[string]any {
		t.Helper()
		if r.status != http.StatusOK {
			t.Fatalf("%d %s", r.status, r.body)
		}
		return decode[struct {
			Success bool           `json:"success"`
			Data    map[string]any `json:"data"`
		}](t, r).Data
	}
	wantError(t, p.ask(http.MethodGet, path, ""), http.StatusNotFound, "NOT_FOUND")
	wantError(t, p.ask(http.MethodPost, path, `{}`), http.StatusBadRequest, "VALIDATION_ERROR") // no network yet
	p.allocate(`{"network":"base","tokenId":11}`)
	wantError(t, p.ask(http.MethodPost, path, `{"network":"bsc"}`), http.StatusBadRequest, "VALIDATION_ERROR")
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		wantError(t, p.ask(method, "/api/v1/invoice/"+aUUID+"/verify", `{}`), http.StatusForbidden, "FORBIDDEN")
	}
	first := job(p.ask(http.MethodPost, path, `{"network":"base"}`))
	now := fixedClock().Unix()
	has(t, "begun", first, `{"object":"invoice_manual_verification","invoice_id":"`+p.invoice.ID+`","network":"base","job_status":"pending","status":"pending",
		"attempt_count":0,"max_attempts":10,"completed_at":null,"result":null,"error":null}`)
	if sprint(first["next_attempt_at"]) != sprint(float64(now+30)) {
		t.Errorf("next attempt at %v", first["next_attempt_at"])
	}
	p.s.Advance(70 * time.Second)
	if again := job(p.ask(http.MethodPost, path, `{}`)); again["id"] != first["id"] {
		t.Error("a job that is looking was begun again")
	}
	has(t, "looking", job(p.ask(http.MethodGet, path, "")), `{"attempt_count":2,"status":"pending"}`)
	p.s.Advance(time.Hour)
	failed := job(p.ask(http.MethodGet, path, ""))
	has(t, "failed", failed, `{"attempt_count":10,"status":"failed","next_attempt_at":null}`)
	if failed["error"] == nil || failed["completed_at"] == nil {
		t.Errorf("failed: %v", failed)
	}
	next := job(p.ask(http.MethodPost, path, `{}`))
	p.s.Advance(40 * time.Second)
	p.pay(pepaytest.Payment{})
	done := job(p.ask(http.MethodGet, path, ""))
	has(t, "completed", done, `{"attempt_count":2,"status":"completed","job_status":"completed","error":null}`)
	if next["id"] == first["id"] || done["id"] != next["id"] || sprint(done["result"]) != "map[invoice_status:paid]" {
		t.Errorf("the second job: %v, then %v", next, done)
	}
}

func TestPayorOptions(t *testing.T) {
	t.Parallel()
	for want, opt := range map[string]pepaytest.Option{
		"WithPaymentTokenTTL":   pepaytest.WithPaymentTokenTTL(time.Millisecond),
		"there is no token 999": pepaytest.WithQuoteStatus(999, pepay.QuoteStatusCodeOk),
		`unknown code "maybe"`:  pepaytest.WithQuoteStatus(11, "maybe"),
	} {
		if s, err := pepaytest.Start("", opt); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
			_ = s.Close()
		}
	}
}
