package pepay

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

type doerFunc func(*http.Request) (*http.Response, error)

func (f doerFunc) Do(req *http.Request) (*http.Response, error) { return f(req) }

func TestClientSendsTheOperationAndEditsInOrder(t *testing.T) {
	t.Parallel()
	var order []string
	edit := func(name string) RequestEditorFn {
		return func(_ context.Context, req *http.Request) error {
			order = append(order, name)
			req.Header.Set("X-Last", name)
			return nil
		}
	}
	var sent *http.Request
	client, err := NewClientWithResponses("https://old.example", WithBaseURL("https://x.example/base/"), WithRequestEditorFn(edit("client")),
		WithHTTPClient(doerFunc(func(req *http.Request) (*http.Response, error) {
			sent = req
			return response(200, "application/json", `{"success":true,"data":{"id":"evt_1","type":"t"}}`), nil
		})))
	if err != nil {
		t.Fatal(err)
	}
	got, err := client.GetEventWithResponse(t.Context(), "evt_1", edit("call"))
	if err != nil || got.JSON200.Data.ID != "evt_1" || !got.JSON200.Success {
		t.Fatalf("got %v, %v", got, err)
	}
	if op := OperationOf(sent.Context()); op != "GET /api/v1/events/{eventId}" {
		t.Errorf("the operation is %q", op)
	}
	if sent.URL.String() != "https://x.example/base/api/v1/events/evt_1" || sent.Header.Get("X-Last") != "call" || !slices.Equal(order, []string{"client", "call"}) {
		t.Errorf("sent %s with %v, edited by %v", sent.URL, sent.Header, order)
	}
	if len(sent.Header.Values("Authorization"))+len(sent.Header.Values("X-Api-Key")) > 0 {
		t.Errorf("the raw client sends a credential: %v", sent.Header)
	}
}

func TestClientErrors(t *testing.T) {
	t.Parallel()
	failure := errors.New("no")
	for name, err := range map[string]error{
		"option": func() error {
			_, err := NewClientWithResponses("https://x.example", func(*Client) error { return failure })
			return err
		}(),
		"editor": func() error {
			client, _ := NewClient("https://x.example")
			resp, err := client.GetEvent(t.Context(), "evt_1", func(context.Context, *http.Request) error { return failure })
			closeBody(resp)
			return err
		}(),
	} {
		if !errors.Is(err, failure) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, server := range []string{"", "x.example", "/path", "https://", "http://user:canary@ x"} {
		if _, err := NewClient(server); !errors.Is(err, ErrInvalidArgument) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%q: %v", server, err)
		}
	}
}

func closeBody(resp *http.Response) {
	if resp != nil {
		_ = resp.Body.Close()
	}
}

// With nothing set, the client is net/http's.
func TestClientOfItsOwn(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"success":true,"data":{"token":"`+r.Method+string(body)[:1]+`","expires_at":1}}`)
	}))
	t.Cleanup(server.Close)
	client, err := NewClientWithResponses(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	got, err := client.MintWSTokenWithResponse(t.Context(), MintWSTokenRequest{})
	if err != nil || got.JSON200.Data.Token != "POST{" {
		t.Errorf("got %v, %v", got, err)
	}
}

// outcomeBody learns how parsing its answer went, as a body of package wrapper
// does.
type outcomeBody struct {
	io.Reader
	outcome error
	closed  bool
}

var errReplaced = errors.New("replaced")

func (b *outcomeBody) Close() error { b.closed = true; return nil }

func (b *outcomeBody) Parsed(err error) error {
	b.outcome = err
	if err != nil {
		return errReplaced
	}
	return nil
}

func TestBodyLearnsTheOutcome(t *testing.T) {
	t.Parallel()
	for content, fails := range map[string]bool{`{"success":true,"data":{"id":"evt_1"}}`: false, `{"success":1}`: true, ``: true} {
		body := &outcomeBody{Reader: strings.NewReader(content)}
		resp := response(200, "application/json", "")
		resp.Body = body
		_, err := ParseGetEventAnswer(resp)
		if (body.outcome != nil) != fails || fails && !errors.Is(err, errReplaced) || !fails && err != nil || !body.closed {
			t.Errorf("%q: error is %v, the body learnt %v, closed %t", content, err, body.outcome, body.closed)
		}
	}
}
