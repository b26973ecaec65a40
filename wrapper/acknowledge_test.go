package wrapper

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
)

func TestAcknowledge(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status  int
		content string
		kind    string
		is      error
	}{
		"an envelope":               {status: 200, content: `{"success":true,"data":{}}`},
		"a message":                 {status: 200, content: `{"message":"done"}`},
		"no content":                {status: 204},
		"an empty 200":              {status: 200},
		"a 202 without type":        {status: 202, kind: "-"},
		"success is false":          {status: 200, content: `{"success":false,"error":{"code":"NOPE","message":"no"}}`, is: &Error{}},
		"refused":                   {status: 403, content: `{"error":"no"}`, is: ErrForbidden},
		"not the documented type":   {status: 200, content: `<html>`, kind: "text/html", is: ErrMalformedResponse},
		"the documented type, torn": {status: 200, content: `{"success":tr`, is: ErrMalformedResponse},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			client := newTestClient(t, func(*http.Request) (*http.Response, error) {
				resp := respond(c.status, c.content)
				switch c.kind {
				case "":
				case "-":
					resp.Header.Del("Content-Type")
				default:
					resp.Header.Set("Content-Type", c.kind)
				}
				return resp, nil
			}, WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
			err := acknowledge(t.Context(), client, "mintWsToken", input{}, nil)
			switch want := (*Error)(nil); {
			case c.is == nil && err != nil, c.is != nil && err == nil:
				t.Errorf("got %v, want %v", err, c.is)
			case c.is != nil && !errors.As(err, &want):
				t.Errorf("%v is no *Error", err)
			case errors.As(c.is, &want): // any
			case !errors.Is(err, c.is):
				t.Errorf("got %v, want %v", err, c.is)
			}
			if got := strings.Count(log.String(), " operation=mintWsToken"); got != 1 {
				t.Errorf("%d log records: %s", got, log.String())
			}
		})
	}
}

// Where the contract documents no content, any content is a success.
func TestAcknowledgeWithoutDocumentedContent(t *testing.T) {
	t.Parallel()
	tried := 0
	for _, op := range contract().byID {
		if op.Form != "" || op.pattern.parameters() > 0 {
			continue
		}
		tried++
		client := newTestClient(t, func(*http.Request) (*http.Response, error) { return respond(200, "OK"), nil },
			WithBearerToken("jwt"), WithCredential("wsToken", "token"), WithCredential("paymentSessionToken", "token"), WithAPIKey("key"))
		if err := acknowledge(t.Context(), client, op.ID, input{}, nil); err != nil {
			t.Errorf("%s: %v", op.ID, err)
		}
	}
	if tried == 0 {
		t.Error("no operation was tried")
	}
}

func TestAcknowledgeRefusesBeforeSending(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, func(*http.Request) (*http.Response, error) {
		t.Error("something was sent")
		return nil, errors.New("no")
	})
	for name, err := range map[string]error{
		"an argument": acknowledge(t.Context(), client, "mintWsToken", input{err: invalid("Field", "is odd")}, nil),
		"a path":      acknowledge(t.Context(), client, "getEvent", input{path: []string{""}}, nil),
		"an option":   acknowledge(t.Context(), client, "mintWsToken", input{}, []CallOption{nil}),
	} {
		if !errors.Is(err, ErrInvalidArgument) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
