package pepaytest_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

type requestItem struct {
	Number     int64  `json:"number"`
	Method     string `json:"method"`
	Path       string `json:"path"`
	Query      string `json:"query"`
	Status     int    `json:"status"`
	DurationUS int64  `json:"duration_us"`
	Operation  string `json:"operation"`
	KeyLast4   string `json:"key_last4"`
	Credential string `json:"credential"`
}

type requestSide struct {
	Headers http.Header `json:"headers"`
	Body    string      `json:"body"`
	Cut     bool        `json:"cut"`
}

type requestDetail struct {
	requestItem
	Request, Answer requestSide
	About           struct {
		InvoiceID string `json:"invoice_id"`
		OrderID   string `json:"order_id"`
	}
	Snippets struct {
		Curl   string `json:"curl"`
		Go     string `json:"go"`
		GoTest string `json:"go_test"`
	}
}

type requestList struct {
	Items []requestItem
	More  bool
}

func (l requestList) numbers() (numbers []int64) {
	for _, item := range l.Items {
		numbers = append(numbers, item.Number)
	}
	return numbers
}

func TestControlRequests(t *testing.T) {
	t.Parallel()
	s := newConsole(t)
	invoice := createInvoice(t, s, `{"amount_usd":12.5,"description":"Two Mugs"}`, aUUID)
	ask(t, s, http.MethodGet, invoicesPath+"/"+invoice.ID, "")
	if _, err := request(t, s, http.MethodGet, "/api/v1/events?limit=1&type=invoice.*", "", "x-commerce-api-key", s.CommerceAPIKey()); err != nil {
		t.Fatal(err)
	}
	if _, err := request(t, s, http.MethodGet, "/nowhere?token=canary-of-a-token", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := request(t, s, http.MethodGet, "/api/v1/payments/session-details", "", "x-session-token", invoice.SessionToken, "x-signature", invoice.Signature); err != nil {
		t.Fatal(err)
	}
	s.Faults().On(mintID, pepaytest.ResetBefore(), pepaytest.Next(1))
	if _, err := request(t, s, http.MethodPost, mintPath, "", "Authorization", "Bearer "+s.BearerToken()); err == nil {
		t.Fatal("no reset")
	}

	list := controlled[requestList](t, s, http.MethodGet, "requests", "")
	for i := range list.Items {
		list.Items[i].DurationUS = 0
	}
	want := []requestItem{
		{6, "POST", mintPath, "", 0, 0, mintID, "", "bearer"},
		{5, "GET", "/api/v1/payments/session-details", "", list.Items[1].Status, 0, "getPaymentSession", "", "session"},
		{4, "GET", "/nowhere", "token=[redacted]", 404, 0, "", "", "token"},
		{3, "GET", "/api/v1/events", "limit=1&type=invoice.%2A", 200, 0, "listEvents", "erce", "commerce"},
		{2, "GET", invoicesPath + "/" + invoice.ID, "", 200, 0, "getInvoice", "hant", "merchant"},
		{1, "POST", invoicesPath, "", 200, 0, "createInvoice", "hant", "merchant"},
	}
	want[1].Operation = list.Items[1].Operation // its name is the contract's
	if fmt.Sprint(list.Items) != fmt.Sprint(want) || list.More {
		t.Errorf("got\n%v\nwant\n%v", list.Items, want)
	}

	t.Run("pages and search", func(t *testing.T) {
		for query, want := range map[string]string{
			"limit=2": "[6 5] true", "limit=2&before=5": "[4 3] true", "limit=2&before=3": "[2 1] false", "before=1": "[] false", "limit=6": "[6 5 4 3 2 1] false",
			"search=nowhere": "[4] false", "search=NOWHERE": "[4] false", "search=createinvoice": "[1] false", "search=404": "[4] false", "search=Two+Mugs": "[5 1] false",
			"search=type%3Dinvoice": "[3] false", "search=req_3": "[3] false", "search=post": "[6 1] false", "search=canary": "[] false", "search=" + invoice.ID: "[5 2 1] false",
		} {
			list := controlled[requestList](t, s, http.MethodGet, "requests?"+query, "")
			if got := fmt.Sprint(list.numbers(), list.More); got != want {
				t.Errorf("%s: %s, want %s", query, got, want)
			}
		}
		for _, query := range []string{"limit=0", "limit=501", "limit=x", "before=x", "before=-1"} {
			name, _, _ := strings.Cut(query, "=")
			if r := control(t, s, http.MethodGet, "requests?"+query, ""); r.status != http.StatusBadRequest || !strings.Contains(r.body, name) {
				t.Errorf("%s: %d %s", query, r.status, r.body)
			}
		}
	})
	t.Run("about", func(t *testing.T) {
		for number, want := range map[int]string{1: invoice.ID, 2: invoice.ID, 3: "", 4: "", 6: ""} {
			detail := controlled[requestDetail](t, s, http.MethodGet, fmt.Sprint("requests/", number), "")
			if detail.About.InvoiceID != want {
				t.Errorf("request %d is about %q, want %q", number, detail.About.InvoiceID, want)
			}
		}
	})
	t.Run("nothing there", func(t *testing.T) {
		for _, number := range []string{"7", "0", "-1", "x", "99999999999999999999"} {
			if r := control(t, s, http.MethodGet, "requests/"+number, ""); r.status != http.StatusNotFound || !strings.Contains(r.body, "request") {
				t.Errorf("%s: %d %s", number, r.status, r.body)
			}
		}
	})
	t.Run("both sides", func(t *testing.T) {
		detail := controlled[requestDetail](t, s, http.MethodGet, "requests/1", "")
		if detail.Request.Body != `{"amount_usd":12.5,"description":"Two Mugs"}` || detail.Request.Headers.Get("Idempotency-Key") != aUUID || detail.Request.Headers.Get("X-Api-Key") != "[redacted]" {
			t.Errorf("asked %+v", detail.Request)
		}
		if !strings.Contains(detail.Answer.Body, `"payment_url":"[redacted]"`) || detail.Answer.Headers.Get("X-Request-Id") != "req_1" {
			t.Errorf("answered %+v", detail.Answer)
		}
		if cut := controlled[requestDetail](t, s, http.MethodGet, "requests/6", ""); cut.Answer.Body != "" || len(cut.Answer.Headers) != 0 || cut.Status != 0 {
			t.Errorf("a connection that was cut: %+v", cut)
		}
	})
}

// The Go interface has both sides as they were.
func TestRequestsHaveAnswers(t *testing.T) {
	t.Parallel()
	seen := make(chan pepaytest.Request, 2)
	s := pepaytest.NewServer(t, pepaytest.WithRequestLog(func(r pepaytest.Request) { seen <- r }))
	answer := ask(t, s, http.MethodGet, "/api/v1/events", "")
	s.Faults().On("listEvents", pepaytest.RawBody(strings.Repeat("x", 65<<10)), pepaytest.Next(1))
	ask(t, s, http.MethodGet, "/api/v1/events", "")
	for i, r := range s.Requests() {
		if logged := <-seen; !bytes.Equal(logged.AnswerBody, r.AnswerBody) || logged.Duration != r.Duration {
			t.Errorf("request %d: %q is logged, %q recorded", i, logged.AnswerBody, r.AnswerBody)
		}
		switch {
		case i == 0 && (string(r.AnswerBody) != answer.body || r.AnswerHeader.Get("X-Request-Id") != "req_1" || r.Duration <= 0):
			t.Errorf("%q %v %v, want %q", r.AnswerBody, r.AnswerHeader, r.Duration, answer.body)
		case i == 1 && len(r.AnswerBody) != 64<<10:
			t.Errorf("%d bytes are kept", len(r.AnswerBody))
		}
	}
}

// No secret of a request or an answer is in what the console gets, whatever its form.
func TestControlRequestsHaveNoSecrets(t *testing.T) {
	t.Parallel()
	const canary = "canary-0123456789"
	s := newConsole(t, pepaytest.WithKey(canary+"-key", pepaytest.Key{}))
	query := url.QueryEscape(canary)
	for _, tc := range []struct {
		path, body string
		headers    []string
	}{
		{"/api/v1/events", "", []string{"x-api-key", canary + "-key"}},
		{"/api/v1/events", "", []string{"x-commerce-api-key", canary}},
		{"/api/v1/events", "", []string{"Authorization", "Bearer " + canary}},
		{"/api/v1/events", "", []string{"x-session-token", canary, "x-signature", canary, "Cookie", "a=" + canary}},
		{"/api/v1/events", "", []string{"Referer", "http://127.0.0.1/pay?a=1&session=" + canary}},
		{"/ws/merchant/events?token=" + query, "", nil},
		{"/pay?session=" + query + "&signature=" + query, "", nil},
		{"/x?a=" + query, "", []string{"x-api-key", canary}},
		{"/" + canary, "", []string{"x-api-key", canary}},
		{"/x", `{"api_key":"` + canary + `","n":{"Session_Token" : "` + canary + `"},"token":["` + canary + `",["` + canary + `"]]}`, nil},
		{"/x", `[{"payment_session_headers":{"x-session-token":"` + canary + `","x-signature":"` + canary + `"}},{"ws_connection":{"token":"` + canary + `"}}]`, nil},
		{"/x", `{"payment_url":"http://127.0.0.1/pay?session=` + canary + `","invoiceUrl":"` + canary + `","url":"http://127.0.0.1/ws?token=` + canary + `"}`, nil},
		{"/x", `{"secret":"` + canary + `","a":"cut off`, nil},
		{"/x", `{"a":1}{"b": tru,"secret" : "` + canary + `\" ` + canary, nil},
		{"/x", `{"\u0073ecret":"` + canary + `"}`, nil},
		{"/x", `a text with ` + canary, []string{"x-api-key", canary}},
	} {
		if _, err := request(t, s, http.MethodPost, tc.path, tc.body, tc.headers...); err != nil {
			t.Fatal(err)
		}
	}
	for _, body := range []string{`{"data":{"token":["` + canary, `{"data":{"token":"` + canary + `","api_key":"` + canary + `"}}`, `{"data":{"session":"` + canary, canary + "-key"} {
		s.Faults().On("*", pepaytest.RawBody(body), pepaytest.Next(1))
		if _, err := request(t, s, http.MethodGet, "/x", ""); err != nil {
			t.Fatal(err)
		}
	}
	all := control(t, s, http.MethodGet, "requests?limit=100", "").body
	for _, r := range controlled[requestList](t, s, http.MethodGet, "requests", "").Items {
		detail := control(t, s, http.MethodGet, fmt.Sprint("requests/", r.Number), "").body
		if strings.Contains(detail, canary) {
			t.Errorf("request %d: %s", r.Number, detail)
		}
	}
	if strings.Contains(all, canary) {
		t.Errorf("the list: %s", all)
	}
}
