package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// A peer whose new version works differently fails here.
func TestCallContestants(t *testing.T) {
	t.Parallel()
	for name, row := range callRows {
		for _, c := range row(asIs) {
			for range 2 {
				if err := c.run(context.Background()); err != nil {
					t.Errorf("%s: %s: %v", name, c.name, err)
				}
			}
		}
	}
}

var callRows = map[string]func(spoil func(string) string) []contestant{
	"create": invoiceCreators, "events": eventListers, "invoices": invoiceListers,
}

// A contestant must not be measured when its answer is wrong.
func TestCallContestantsNoticeFailure(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(string) string{
		"empty":     func(string) string { return "{}" },
		"broke off": func(answer string) string { return answer[:len(answer)-1] },
		"another item": func(answer string) string {
			return strings.NewReplacer("446655440001", "446655440009", "-0001", "-0009", `"number":1,`, `"number":9,`).Replace(answer)
		},
		"an item less": func(answer string) string {
			if at := strings.LastIndex(answer, `,{"`); at > 0 {
				return answer[:at] + answer[strings.LastIndex(answer, "]"):]
			}
			return "{}"
		},
		"another end": func(answer string) string {
			return strings.NewReplacer("1735732800", "1735732801", "2025-01-01T12:0", "2025-01-01T13:0", "1735776000", "1735776001").Replace(answer)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for row, contestants := range callRows {
				for _, c := range contestants(spoil) {
					if name == "another end" && row == "events" && c.name == "openai-go" {
						continue // only looks at ids
					}
					if err := c.run(context.Background()); err == nil {
						t.Errorf("%s: %s calls that a success", row, c.name)
					}
				}
			}
		})
	}
}

// What is created must be what was asked for, by a client that has a key.
func TestCreateRequestIsChecked(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ path, key, body string }{
		"":               {invoicesPath, mintKey, createBody},
		"another amount": {invoicesPath, mintKey, strings.Replace(createBody, "129.9", "129.8", 1)},
		"no key":         {invoicesPath, "", createBody},
		"another path":   {invoicesPath + "/", mintKey, createBody},
	} {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, noHost+tt.path, nil)
		req.Header.Set("X-Api-Key", tt.key)
		if err := checkCreate(req, []byte(tt.body)); (err == nil) != (name == "") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDecodeContestants(t *testing.T) {
	t.Parallel()
	for _, c := range slices.Concat(eventVerifiers(time.Now()), eventDecoders()) {
		for range 2 {
			if err := c.run(context.Background()); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
		}
	}
	for _, c := range eventVerifiers(time.Now().Add(-time.Hour)) { // all but go-github's have a time
		if err := c.run(context.Background()); err == nil && !strings.HasPrefix(c.name, "go-github") {
			t.Errorf("%s takes an old delivery", c.name)
		}
	}
}
