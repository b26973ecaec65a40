package wrapper_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const methodCanary = "canary-7c9e6679f3b1"

// credentialMembers are the members of Pepay's answers that are credentials.
var credentialMembers = map[string]bool{
	"session_token": true, "signature": true, "api_key": true, "token": true, "payment_url": true, "invoiceUrl": true,
	"session": true, "x-session-token": true, "x-signature": true,
}

// No method, whatever comes back, shows a credential of the client or one of the answer.
func TestNoMethodShowsASecret(t *testing.T) {
	t.Parallel()
	answers := map[string]func(example *http.Response) (*http.Response, error){
		"its example": func(example *http.Response) (*http.Response, error) {
			return withBody(example, planted(t, example.Body)), nil
		},
		"an error that repeats a key": func(example *http.Response) (*http.Response, error) {
			example.StatusCode = http.StatusUnauthorized
			return withBody(example, `{"success":false,"error":{"code":"`+methodCanary+`","message":"Invalid key `+methodCanary+`","hint":"`+methodCanary+`"}}`), nil
		},
		"torn": func(example *http.Response) (*http.Response, error) {
			return withBody(example, `{"success":true,"data":{"session_token":"`+methodCanary), nil
		},
		"other types": func(example *http.Response) (*http.Response, error) {
			return withBody(example, `{"success":true,"data":{"session_token":"`+methodCanary+`","id":{},"items":1,"signature":["`+methodCanary+`"]},"id":{}}`), nil
		},
		"another media type": func(example *http.Response) (*http.Response, error) {
			example.Header.Set("Content-Type", "text/"+methodCanary)
			return withBody(example, methodCanary), nil
		},
		"a broken connection": func(*http.Response) (*http.Response, error) {
			return nil, &url.Error{Op: "Get", URL: "https://api.example/?key=" + methodCanary, Err: errors.New("header " + methodCanary)}
		},
	}
	for _, found := range methodsOf(fullClient(t, nil)) {
		t.Run(found.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				for name, answer := range answers {
					var log bytes.Buffer
					for _, handler := range []slog.Handler{
						slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}),
						slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}),
					} {
						shown := runWithCanary(t, found.name, answer, slog.New(handler))
						for where, text := range map[string]string{"printed": shown, "logged": log.String()} {
							if strings.Contains(text, methodCanary) {
								t.Errorf("%s, %s: …%s", name, where, around(text, methodCanary))
							}
						}
					}
					if log.Len() == 0 {
						t.Errorf("%s: nothing was logged", name)
					}
				}
			})
		})
	}
}

// runWithCanary calls a method of a client whose credentials are the canary, logs what
// comes of it and returns it as programs print it.
func runWithCanary(t *testing.T, name string, answer func(*http.Response) (*http.Response, error), logger *slog.Logger) string {
	t.Helper()
	client := fullClient(t, &recorder{answer: answer},
		wrapper.WithAPIKey(methodCanary), wrapper.WithCommerceAPIKey(methodCanary), wrapper.WithBearerToken(methodCanary), wrapper.WithLogger(logger))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	m := named(t, client, name)
	results, err := m.run(ctx, usableArguments(t, m))
	shown := everyForm(err)
	logger.Info("done", "err", err, "client", client)
	for _, result := range results {
		shown += fmt.Sprintf("%v %+v %#v %s", result, result, result, result)
		if value := reflect.ValueOf(result); value.Kind() == reflect.Pointer && !value.IsNil() {
			shown += fmt.Sprintf("%v %+v %#v %s", value.Elem(), value.Elem(), value.Elem(), value.Elem())
			logger.Info("result", "value", value.Elem().Interface())
		}
		logger.Info("result", "value", result, "redacted", pepay.Redacted(result))
	}
	return shown
}

func withBody(resp *http.Response, content string) *http.Response {
	resp.Body = io.NopCloser(strings.NewReader(content))
	resp.ContentLength = int64(len(content))
	return resp
}

// planted is an answer with the canary for each of its credentials.
func planted(t *testing.T, body io.Reader) string {
	t.Helper()
	decoder := json.NewDecoder(body)
	decoder.UseNumber()
	var answer any
	if err := decoder.Decode(&answer); errors.Is(err, io.EOF) {
		return ""
	} else if err != nil {
		t.Fatal(err)
	}
	plant(answer)
	content, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func plant(value any) {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			// A token may also be a currency, such as USDC.
			if text, ok := member.(string); ok && credentialMembers[name] && (name != "token" || len(text) > 10) {
				value[name] = methodCanary
				continue
			}
			plant(member)
		}
	case []any:
		for _, member := range value {
			plant(member)
		}
	}
}
