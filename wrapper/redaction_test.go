package wrapper

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
)

const canary = "canary_5f2c91d07be8"

// wayward answers every request with text in which KEY is the request's credential,
// so that net/http quotes it in its errors.
func wayward(t *testing.T, text string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			if req, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
				_, _ = io.WriteString(conn, strings.ReplaceAll(text, "KEY", req.Header.Get("X-Api-Key")))
			}
			_ = conn.Close()
		}
	}()
	return "http://" + listener.Addr().String()
}

// A credential that the other side repeats, in whatever part of its answer, reaches
// neither an error nor a log.
func TestNothingRepeatsACredential(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"status code":       "HTTP/1.1 KEY OK\r\n\r\n",
		"status line":       "KEY\r\n\r\n",
		"reason":            "HTTP/1.1 500 KEY\r\nContent-Length: 0\r\n\r\n",
		"version":           "HTTP/KEY 200 OK\r\n\r\n",
		"header line":       "HTTP/1.1 200 OK\r\nKEY\r\n\r\n",
		"header name":       "HTTP/1.1 500 X\r\nKEY: 1\r\nContent-Length: 0\r\n\r\n",
		"request id":        "HTTP/1.1 500 X\r\nX-Request-Id: KEY\r\nContent-Length: 0\r\n\r\n",
		"content length":    "HTTP/1.1 200 OK\r\nContent-Length: KEY\r\n\r\n",
		"transfer encoding": "HTTP/1.1 200 OK\r\nTransfer-Encoding: KEY\r\n\r\n",
		"content encoding":  "HTTP/1.1 200 OK\r\nContent-Encoding: KEY\r\nContent-Length: 1\r\n\r\nx",
		"content type":      "HTTP/1.1 200 OK\r\nContent-Type: KEY\r\nContent-Length: 1\r\n\r\nx",
		"trailer":           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nKEY\r\n\r\n",
		"location":          "HTTP/1.1 302 Found\r\nLocation: https://KEY:%zz/\r\nContent-Length: 0\r\n\r\n",
		"upgrade":           "HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: KEY\r\n\r\n",
		"retry after":       "HTTP/1.1 429 X\r\nRetry-After: KEY\r\nContent-Length: 0\r\n\r\n",
		"code and message":  "HTTP/1.1 401 X\r\nConnection: close\r\n\r\n" + `{"error":{"code":"KEY","message":"bad KEY"},"hint":"KEY"}`,
		"cut in the middle": "HTTP/1.1 401 X\r\nContent-Length: 999\r\n\r\n" + `{"error":"bad KE` + "Y",
		"details":           "HTTP/1.1 422 X\r\nConnection: close\r\n\r\n" + `{"error":"x","details":["KEY",{"a":"KEY"}]}`,
		"where JSON breaks": "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" + `{"success":true,"data":KEY}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			client, err := New(WithAPIKey(canary), WithBaseURL(wayward(t, text)), WithRetry(RetryPolicy{MaxRetries: 1, BaseDelay: time.Microsecond}),
				WithHTTPClient(&http.Client{Transport: &http.Transport{}}), WithLogger(slog.New(slog.NewJSONHandler(&log, nil))))
			if err != nil {
				t.Fatal(err)
			}
			_, minted := client.WSTokens.Mint(t.Context(), MintParams{})
			_, generated := client.API().MintWSTokenWithResponse(t.Context(), pepay.MintWSTokenRequest{})
			called := client.Call(t.Context(), "POST", "/api/v1/ws/token?x="+canary, nil, new(any))
			for way, err := range map[string]error{"Mint": minted, "API": generated, "Call": called} {
				if err == nil {
					t.Errorf("%s: no error", way)
					continue
				}
				if text := everyWayOfPrinting(err); strings.Contains(text, canary) {
					t.Errorf("%s: …%s", way, around(text, canary))
				}
			}
			if strings.Contains(log.String(), canary) {
				t.Errorf("logged …%s", around(log.String(), canary))
			}
		})
	}
}

// everyWayOfPrinting includes what a program may get at: causes, fields, the body.
func everyWayOfPrinting(err error) string {
	encoded, _ := json.Marshal(err)
	text := fmt.Sprintf("%v|%+v|%#v|%q|%s|%s", err, err, err, err, err, encoded)
	var failure *Error
	if errors.As(err, &failure) {
		text += fmt.Sprintf("|%v|%+v|%#v|%s", *failure, *failure, []Error{*failure}, failure.Body())
		text += fmt.Sprintf("|%q|%q|%q|%q", failure.Details, failure.Code, failure.Message, failure.Hint)
	}
	for _, inner := range unwrapped(err) {
		text += "|" + everyWayOfPrinting(inner)
	}
	return text
}

func unwrapped(err error) []error {
	switch err := err.(type) {
	case interface{ Unwrap() []error }:
		return err.Unwrap()
	case interface{ Unwrap() error }:
		if inner := err.Unwrap(); inner != nil {
			return []error{inner}
		}
	}
	return nil
}

// A key that was replaced between two attempts is still redacted.
func TestRotatedCredentialIsNotRepeated(t *testing.T) {
	t.Parallel()
	n := 0
	client := newTestClient(t, func(*http.Request) (*http.Response, error) {
		return respond(503, `{"error":"not `+canary+`-1 nor `+canary+`-2"}`), nil
	}, WithCredentialFunc("merchantApiKey", rotating(&n)), WithRetry(RetryPolicy{MaxRetries: 1, BaseDelay: time.Microsecond}))
	_, err := client.WSTokens.Mint(t.Context(), MintParams{})
	if n != 2 || !errors.Is(err, ErrServer) || strings.Contains(everyWayOfPrinting(err), canary) {
		t.Errorf("asked %d times, %v", n, err)
	}
}

func rotating(n *int) func(context.Context) (pepay.Secret, error) {
	return func(context.Context) (pepay.Secret, error) {
		*n++
		return pepay.Secret(fmt.Sprint(canary, "-", *n)), nil
	}
}

// The error of an unusable answer does not have the token that was in the answer.
func TestErrorHasNoMintedToken(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]*http.Response{
		"no expiry":           respond(200, `{"success":true,"data":{"token":"`+canary+`"}}`),
		"does not fit":        respond(200, `{"success":true,"data":{"token":"`+canary+`","expires_at":1,"merchant_id":"x"}}`),
		"fits nothing":        respond(200, `{"success":true,"data":[{"token":"`+canary+`"}]}`),
		"truncated":           respond(200, `{"success":true,"data":{"token":"`+canary),
		"behind it":           respond(200, `{"success":true,"data":{"token":"`+canary+`","expires_at":1}}x`),
		"with success:false":  respond(200, `{"success":false,"data":{"token":"`+canary+`","expires_at":1}}`),
		"a server error":      respond(500, `{"error":"x","data":{"token":"`+canary+`"}}`),
		"as text":             respond(200, `{"success":true,"data":{"token":"`+canary+`","expires_at":1}}`, "Content-Type", "text/plain"),
		"a control character": respond(200, `{"success":true,"data":{"token":"`+canary+`\n","expires_at":1}}`),
		"in another case":     respond(200, `{"success":true,"data":{"TOKEN":"`+canary+`"}}`),
	} {
		content := string(peek(answer))
		for way, call := range map[string]func(*Client) error{
			"Mint": func(c *Client) error { _, err := c.WSTokens.Mint(t.Context(), MintParams{}); return err },
			"Call": func(c *Client) error {
				var out struct {
					MerchantID int64 `json:"merchant_id"`
				}
				return c.Call(t.Context(), "POST", "/api/v1/ws/token", nil, &out)
			},
			"API": func(c *Client) error {
				_, err := c.API().MintWSTokenWithResponse(t.Context(), pepay.MintWSTokenRequest{})
				return err
			},
		} {
			client := newTestClient(t, func(*http.Request) (*http.Response, error) {
				return respond(answer.StatusCode, content, "Content-Type", answer.Header.Get("Content-Type")), nil
			}, once)
			err := call(client)
			if err == nil && way == "Mint" {
				t.Errorf("%s, %s: no error", name, way)
			}
			if err != nil && strings.Contains(everyWayOfPrinting(err), canary) {
				t.Errorf("%s, %s: …%s", name, way, around(everyWayOfPrinting(err), canary))
			}
		}
	}
}

// secretMembers has every member that is a Secret in a model.
func TestSecretMembersAreTheModels(t *testing.T) {
	t.Parallel()
	packages, err := parser.ParseDir(token.NewFileSet(), "..", func(info fs.FileInfo) bool { return strings.HasSuffix(info.Name(), ".gen.go") }, 0) //nolint:staticcheck // no build constraints there
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, pkg := range packages {
		ast.Inspect(pkg, func(node ast.Node) bool {
			field, ok := node.(*ast.Field)
			if !ok || field.Tag == nil {
				return true
			}
			kind := field.Type
			if pointer, ok := kind.(*ast.StarExpr); ok {
				kind = pointer.X
			}
			if name, ok := kind.(*ast.Ident); ok && name.Name == "Secret" {
				found++
				member, _, _ := strings.Cut(reflect.StructTag(strings.Trim(field.Tag.Value, "`")).Get("json"), ",")
				if !slices.ContainsFunc(secretMembers, func(s string) bool { return strings.EqualFold(s, member) }) {
					t.Errorf("secretMembers lacks %q", member)
				}
			}
			return true
		})
	}
	if found == 0 {
		t.Error("no model has a Secret: is this the right place to look?")
	}
}

// What the other side says is printed without control characters, by every field.
func TestNoControlCharacters(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, func(*http.Request) (*http.Response, error) {
		resp := respond(400, `{"error":{"code":"A\u001b[31m","message":"b\r\nc\u0085"},"hint":"d\u0007","details":["e\u202e",{"f":"\u001b"}]}`)
		resp.Header["X-Request-Id"] = []string{"req\x1b]0;x\x07"}
		return resp, nil
	})
	_, err := client.WSTokens.Mint(t.Context(), MintParams{})
	var failure *Error
	if !errors.As(err, &failure) || failure.Code != "A [31m" || failure.Message != "b  c " || failure.Hint != "d " || failure.Details[0] != "e " || failure.RequestID != "req ]0;x " {
		t.Errorf("got %q %q %q %q %q", failure.Code, failure.Message, failure.Hint, failure.Details, failure.RequestID)
	}
	if strings.ContainsAny(err.Error(), "\x1b\r\n\x07\u0085\u202e") {
		t.Errorf("reads %q", err)
	}
}
