package wire

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"testing"
)

const key = `sk_live+"5f2c91/d07be8`

func TestRedact(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text    string
		secrets []string
		want    string
	}{
		"none":                 {"nothing here", []string{key}, "nothing here"},
		"no secrets":           {"a " + key, nil, "a " + key},
		"as it is":             {"bad key " + key + "!", []string{key}, "bad key [redacted]!"},
		"twice":                {key + key, []string{key}, "[redacted][redacted]"},
		"in lower case":        {strings.ToUpper(key), []string{key}, "[redacted]"},
		"in a query":           {"?token=" + url.QueryEscape(key) + "&a=1", []string{key}, "?token=[redacted]&a=1"},
		"in a path":            {"/" + url.PathEscape(key) + "/x", []string{key}, "/[redacted]/x"},
		"quoted":               {fmt.Sprintf("malformed %q", key), []string{key}, `malformed "[redacted]"`},
		"base64":               {"Basic " + base64.StdEncoding.EncodeToString([]byte(key)), []string{key}, "Basic [redacted]"},
		"cut":                  {"bad key " + key[:12], []string{key}, "bad key [redacted]"},
		"cut after few bytes":  {"bad key " + key[:5], []string{key}, "bad key " + key[:5]},
		"one in the other":     {"abcdefgh-1234", []string{"abcdefgh", "abcdefgh-1234"}, "[redacted]"},
		"too short to be one":  {"a test of a test", []string{"test"}, "a test of a test"},
		"empty":                {"", []string{key, ""}, ""},
		"letters of two bytes": {"İ" + key + "İ", []string{key}, "İ[redacted]İ"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := Redact(c.text, c.secrets...); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzRedact(f *testing.F) {
	f.Add("a ", "secret-value", " b")
	f.Add("secret-", "secret-value", "secret")
	f.Fuzz(func(t *testing.T, before, secret, after string) {
		if len(secret) < shortestSecret || strings.Contains(Redacted, strings.ToLower(secret)) {
			t.Skip()
		}
		if got := Redact(before+secret+after, secret); strings.Contains(got, secret) && !strings.Contains(Redacted+after+before+Redacted, secret) {
			t.Errorf("%q still has %q", got, secret)
		}
	})
}

// hiding wraps an error without repeating its text.
type hiding struct{ error }

func (hiding) Error() string   { return "hidden" }
func (h hiding) Unwrap() error { return h.error }

func TestRedactError(t *testing.T) {
	t.Parallel()
	op := &net.OpError{Op: "dial", Err: fmt.Errorf("malformed %q: %w", key, io.ErrUnexpectedEOF)}
	innocent := &net.DNSError{Err: "no such host", Name: "pepay.invalid", IsNotFound: true}
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"in the text":           {fmt.Errorf("call: %w", op), `call: dial: malformed "[redacted]": unexpected EOF`},
		"in a cause":            {hiding{op}, "hidden"},
		"in one of two causes":  {errors.Join(innocent, hiding{op}), innocent.Error() + "\nhidden"},
		"in the text of a join": {errors.Join(op, innocent), `dial: malformed "[redacted]": unexpected EOF` + "\n" + innocent.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := RedactError(c.err, key)
			if err.Error() != c.want {
				t.Errorf("reads %q", err)
			}
			if !errors.Is(err, io.ErrUnexpectedEOF) || !errors.Is(err, op) || errors.Is(err, io.EOF) {
				t.Error("errors.Is does not find what it found before")
			}
			var dns *net.DNSError
			if want := errors.As(c.err, &dns); errors.As(err, &dns) != want {
				t.Error("errors.As does not find what it found before")
			}
			var leaking *net.OpError
			if errors.As(err, &leaking) {
				t.Error("errors.As hands out an error that has the secret")
			}
			encoded, _ := json.Marshal(err)
			for _, text := range []string{fmt.Sprintf("%v %+v %#v %s %q %d %x", err, err, err, err, err, err, err), fmt.Sprint(errors.Unwrap(err)), string(encoded)} {
				if strings.Contains(text, "5f2c91") || strings.Contains(text, fmt.Sprintf("%x", "5f2c91")) {
					t.Errorf("the secret is in %s", text)
				}
			}
		})
	}
	if plain := fmt.Errorf("plain: %w", io.EOF); RedactError(plain, key) != plain {
		t.Error("an error without a secret is another error")
	}
	if RedactError(nil, key) != nil {
		t.Error("nil is an error")
	}
}

func TestRedactJSON(t *testing.T) {
	t.Parallel()
	const secret = `a"secret/value`
	for name, c := range map[string]struct{ in, want string }{
		"none":        {`{"a" : 1.0}`, `{"a" : 1.0}`},
		"a value":     {`{"a":"x a\"secret/value","n":12345678901234567890}`, `{"a":"x [redacted]","n":12345678901234567890}`},
		"escaped":     {`["a\"secret\u002fvalue"]`, `["[redacted]"]`},
		"a name":      {`{"a\"secret/value":1}`, `{"[redacted]":1}`},
		"not JSON":    {`<a"secret/value>`, `<[redacted]>`},
		"cut in half": {`{"a":"a"secret/val`, `{"a":"[redacted]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := string(RedactJSON(json.RawMessage(c.in), secret)); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestRedactMembers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, want string }{
		"none":              {`{"a":"b"}`, `{"a":"b"}`},
		"top":               {`{"token":"abc","a":1}`, `{"token":"[redacted]","a":1}`},
		"deep":              {`{"data":{"ws":[{"token": "abc"}]}}`, `{"data":{"ws":[{"token": "[redacted]"}]}}`},
		"several":           {`{"token":"a","signature":"b","token":"c"}`, `{"token":"[redacted]","signature":"[redacted]","token":"[redacted]"}`},
		"in another case":   {`{"Token":"abc"}`, `{"Token":"[redacted]"}`},
		"escapes":           {`{"token":"a\"b\\","a":"c"}`, `{"token":"[redacted]","a":"c"}`},
		"cut in the value":  {`{"token":"ab`, `{"token":"[redacted]`},
		"cut in an escape":  {`{"token":"ab\`, `{"token":"[redacted]`},
		"cut before it":     {`{"token":`, `{"token":`},
		"no text":           {`{"token":null,"a":{"token":1}}`, `{"token":null,"a":{"token":1}}`},
		"a value so called": {`{"kind":"token","b":"c"}`, `{"kind":"token","b":"c"}`},
		"part of a name":    {`{"token_id":"a"}`, `{"token_id":"a"}`},
		"empty":             {`{"token":""}`, `{"token":"[redacted]"}`},
		"space":             {"{\"token\" :\n\"a\"}", "{\"token\" :\n\"[redacted]\"}"},
		"not JSON":          {`<html>"token":"abc"`, `<html>"token":"[redacted]"`},
		"nothing":           {``, ``},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := []byte(c.body)
			if got := string(RedactMembers(body, "token", "signature")); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if string(body) != c.body {
				t.Error("the argument was changed")
			}
		})
	}
}

func FuzzRedactMembers(f *testing.F) {
	f.Add([]byte(`{"a":["x",{"token":"canary"}],"b":"\""}`))
	f.Add([]byte(`"token":"canary`))
	f.Fuzz(func(t *testing.T, body []byte) {
		got := RedactMembers(body, "token")
		var fields struct{ Token *string }
		if json.Valid(body) && json.Unmarshal(got, &fields) == nil && fields.Token != nil && *fields.Token != Redacted && !strings.Contains(string(body), `\u`) {
			t.Errorf("%s became %s", body, got)
		}
	})
}
