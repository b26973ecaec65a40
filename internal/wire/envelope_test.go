package wire

import (
	"reflect"
	"testing"
)

// Every error envelope of the documentation, and what servers send instead.
func TestReadEnvelope(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, body string
		want       Envelope
	}{
		{"nested", `{"success":false,"error":{"code":"API_KEY_INVALID","message":"Invalid API key"}}`,
			Envelope{Code: "API_KEY_INVALID", Message: "Invalid API key"}},
		{"nested, validation", `{"success":false,"error":{"code":"VALIDATION_ERROR","message":"Invalid request data"}}`,
			Envelope{Code: "VALIDATION_ERROR", Message: "Invalid request data"}},
		{"nested, details", `{"error":{"code":"C","message":"m","details":[{"field":"amount"}]},"details":["outer"]}`,
			Envelope{Code: "C", Message: "m", Details: []string{`{"field":"amount"}`}}},
		{"legacy", `{"error":"Failed to fetch wallets","code":"INTERNAL_SERVER_ERROR"}`,
			Envelope{Code: "INTERNAL_SERVER_ERROR", Message: "Failed to fetch wallets"}},
		{"rate limit", `{"success":false,"message":"Too many requests from this IP. Please try again later.","error_code":"RATE_LIMIT_EXCEEDED","retry_after":"15 minutes"}`,
			Envelope{Code: "RATE_LIMIT_EXCEEDED", Message: "Too many requests from this IP. Please try again later.", RetryAfter: "15 minutes"}},
		{"text beside error_code", `{"error":"Unauthorized","error_code":"NO_USER_ACCESS_TOKEN","hint":"sign in again"}`,
			Envelope{Code: "NO_USER_ACCESS_TOKEN", Message: "Unauthorized", Hint: "sign in again"}},
		{"with details", `{"error":"Invalid","error_code":"X","details":["amount is required","",1,null,{}]}`,
			Envelope{Code: "X", Message: "Invalid", Details: []string{"amount is required", "1", "{}"}}},
		{"details is text", `{"error":"Invalid","details":"amount"}`, Envelope{Message: "Invalid", Details: []string{"amount"}}},
		{"details is null", `{"error":"Invalid","details":null}`, Envelope{Message: "Invalid"}},
		{"error and message", `{"error":"Bad Request","message":"amount is required"}`, Envelope{Message: "amount is required"}},
		{"message only", `{"message":"API key revoked successfully"}`, Envelope{Message: "API key revoked successfully"}},
		{"numeric code", `{"error":{"code":1042,"message":"no"}}`, Envelope{Code: "1042", Message: "no"}},
		{"error is true", `{"error":true,"message":"no"}`, Envelope{Message: "no"}},
		{"code is an object", `{"code":{},"message":[1]}`, Envelope{}},
		{"null", `null`, Envelope{}},
		{"array", `[1]`, Envelope{}},
		{"text", `"no"`, Envelope{}},
		{"HTML", `<html>502</html>`, Envelope{}},
		{"truncated", `{"success":false,"error":{"co`, Envelope{}},
		{"empty", ``, Envelope{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := ReadEnvelope([]byte(c.body)); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

// FuzzReadEnvelope holds that no answer makes the client panic.
func FuzzReadEnvelope(f *testing.F) {
	f.Add([]byte(`{"success":false,"error":{"code":"API_KEY_INVALID","message":"Invalid API key"}}`))
	f.Add([]byte(`{"error":"x","code":"y","retry_after":"15 minutes","details":[[],{}]}`))
	f.Add([]byte(`[[[{"error":`))
	f.Fuzz(func(_ *testing.T, body []byte) { ReadEnvelope(body) })
}
