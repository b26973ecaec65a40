package wrapper

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
)

func TestReplaceInQuery(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                    "token=v%261",
		"a=b":                 "a=b&token=v%261",
		"b=2&a=1":             "b=2&a=1&token=v%261",
		"token=x":             "token=v%261",
		"a=1&token=x&token&b": "a=1&b&token=v%261",
		"to%6ben=x&a=1":       "a=1&token=v%261",
		"tokens=x":            "tokens=x&token=v%261",
		"a=%zz&b=1;c=2":       "a=%zz&b=1;c=2&token=v%261",
		"&&a=1&":              "a=1&token=v%261",
	} {
		if got := replaceInQuery(in, "token", "v&1"); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

// The query on the wire is well-formed on every way into the chain.
func TestQueryOnTheWire(t *testing.T) {
	t.Parallel()
	got := make(chan string, 1)
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got <- r.RequestURI
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"success":true,"data":{"data":[]}}`)
	}, once, WithCredential("wsToken", "token value;1"))
	odd := func(_ context.Context, req *http.Request) error {
		req.URL.RawQuery = `words=a b&x=%&y=<1;2>`
		return nil
	}
	for name, c := range map[string]struct {
		call func() error
		want string
	}{
		"Call": {func() error { return client.Call(t.Context(), "GET", `/new?words=a b&x=%&y=<1;2>`, nil, nil) }, "/new?words=a%20b&x=%25&y=%3C1%3B2%3E"},
		"Call, key in query": {func() error {
			return client.Call(t.Context(), "GET", "/new?token=old&a=%zz b", nil, nil, WithSecurity("wsToken"))
		}, "/new?a=%25zz%20b&token=token+value%3B1"},
		"API": {func() error { _, err := client.API().ListEventsWithResponse(t.Context(), nil, odd); return err }, "/api/v1/events?words=a%20b&x=%25&y=%3C1%3B2%3E"},
		"method": {func() error {
			_, err := client.Events.List(t.Context(), EventParams{InvoiceID: "a b;%&\n"})
			return err
		}, "/api/v1/events?invoice_id=a+b%3B%25%26%0A"},
		"a question mark alone": {func() error { return client.Call(t.Context(), "GET", "/new?", nil, nil) }, "/new"},
	} {
		if err := c.call(); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if uri := <-got; uri != c.want {
			t.Errorf("%s: asked for %s, want %s", name, uri, c.want)
		}
	}
}

func TestQueryBuilder(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	q := query{}.flag("i", nil).flag("j", &yes).flag("k", &no).list("l", "L", texts([]pepay.NetworkEnvironment{"devnet", "mainnet"})).
		text("a", "").text("b", "x y").number("c", "C", 0).number("d", "D", 5).list("e", "E", nil).list("f", "F", []string{"1", "2"}).
		time("g", time.Time{}).time("h", time.Unix(7, 999)).require(true, "I", "no")
	if got := q.values.Encode(); q.err != nil || got != "b=x+y&d=5&f=1%2C2&h=7&j=true&k=false&l=devnet%2Cmainnet" {
		t.Errorf("got %s, %v", got, q.err)
	}
	for field, q := range map[string]query{
		"D":       query{}.number("d", "D", -1).number("c", "C", -1),
		"F":       query{}.list("f", "F", []string{"a,b"}),
		"F.empty": query{}.list("f", "F.empty", []string{"a", ""}),
		"G":       query{}.require(false, "G", "no"),
	} {
		if !errors.Is(q.err, ErrInvalidArgument) || !strings.Contains(q.err.Error(), ": "+field+": ") {
			t.Errorf("%s: %v", field, q.err)
		}
	}
}

// A credential in the query is not in the error.
func TestCredentialInTheQueryIsNotRepeated(t *testing.T) {
	t.Parallel()
	const canary = "canary token;77aa"
	client := newTestClient(t, func(req *http.Request) (*http.Response, error) {
		return nil, &url.Error{Op: "Get", URL: req.URL.String(), Err: errors.New("malformed " + req.URL.RawQuery)}
	}, once, WithCredential("wsToken", pepay.Secret(canary)))
	err := client.Call(t.Context(), "GET", "/x", nil, nil, WithSecurity("wsToken"))
	if err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("got %v", err)
	}
}
