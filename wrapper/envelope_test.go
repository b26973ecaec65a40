package wrapper

import "testing"

// Every error envelope of the documentation, and what servers send instead.
func TestParseEnvelope(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, body string
		want       envelope
	}{
		{"nested", `{"success":false,"error":{"code":"API_KEY_INVALID","message":"Invalid API key"}}`,
			envelope{code: "API_KEY_INVALID", message: "Invalid API key"}},
		{"nested, validation", `{"success":false,"error":{"code":"VALIDATION_ERROR","message":"Invalid request data"}}`,
			envelope{code: "VALIDATION_ERROR", message: "Invalid request data"}},
		{"legacy", `{"error":"Failed to fetch wallets","code":"INTERNAL_SERVER_ERROR"}`,
			envelope{code: "INTERNAL_SERVER_ERROR", message: "Failed to fetch wallets"}},
		{"rate limit", `{"success":false,"message":"Too many requests from this IP. Please try again later.","error_code":"RATE_LIMIT_EXCEEDED","retry_after":"15 minutes"}`,
			envelope{code: "RATE_LIMIT_EXCEEDED", message: "Too many requests from this IP. Please try again later.", retryAfter: "15 minutes"}},
		{"message only", `{"message":"API key revoked successfully"}`, envelope{message: "API key revoked successfully"}},
		{"numeric code", `{"error":{"code":1042,"message":"no"}}`, envelope{code: "1042", message: "no"}},
		{"error is true", `{"error":true,"message":"no"}`, envelope{message: "no"}},
		{"code is an object", `{"code":{},"message":[1]}`, envelope{}},
		{"null", `null`, envelope{}},
		{"array", `[1]`, envelope{}},
		{"text", `"no"`, envelope{}},
		{"HTML", `<html>502</html>`, envelope{}},
		{"truncated", `{"success":false,"error":{"co`, envelope{}},
		{"empty", ``, envelope{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := parseEnvelope([]byte(c.body)); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

// Every success envelope of the documentation.
func TestOpenEnvelope(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, body, want string }{
		{"success and data", `{"success":true,"data":{"a":1}}`, `{"a":1}`},
		{"list in data", `{"success":true,"data":{"object":"list","data":[],"has_more":false}}`, `{"object":"list","data":[],"has_more":false}`},
		{"list", `{"object":"list","data":[],"has_more":false}`, `{"object":"list","data":[],"has_more":false}`},
		{"bare object", `{"id":"x"}`, `{"id":"x"}`},
		{"bare array", ` [1,2]`, ` [1,2]`},
		{"message", `{"message":"done"}`, `{"message":"done"}`},
		{"success without data", `{"success":true,"message":"done"}`, `{"success":true,"message":"done"}`},
		{"status ok", `{"status":"ok","data":{}}`, `{"status":"ok","data":{}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := string(openEnvelope([]byte(c.body))); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// FuzzParseEnvelope holds that no answer makes the client panic.
func FuzzParseEnvelope(f *testing.F) {
	f.Add([]byte(`{"success":false,"error":{"code":"API_KEY_INVALID","message":"Invalid API key"}}`))
	f.Add([]byte(`{"error":"x","code":"y","retry_after":"15 minutes"}`))
	f.Add([]byte(`[[[{"error":`))
	f.Fuzz(func(t *testing.T, body []byte) {
		e := parseEnvelope(body)
		if wait := parseWait(e.retryAfter); wait < 0 {
			t.Errorf("negative wait %s from %q", wait, e.retryAfter)
		}
		openEnvelope(body)
	})
}
