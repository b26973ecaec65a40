package webhook

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// mistakes are secrets that would make every delivery look forged.
var mistakes = map[string]struct {
	secret pepay.Secret
	says   string
}{
	"empty":                  {"", "is empty"},
	"a space":                {" ", "is blank"},
	"white space":            {"\t \r\n", "is blank"},
	"a newline at the end":   {"canary\n", "white space"},
	"CR LF at the end":       {"canary\r\n", "white space"},
	"a space in front":       {" canary", "white space"},
	"a no-break space":       {"canary\u00a0", "white space"},
	"a tab at the end":       {"canary\t", "white space"},
	"a newline inside":       {"canary\ncanary", "control character"},
	"NUL":                    {"canary\x00", "control character"},
	"DEL":                    {"\x7fcanary", "control character"},
	"a control beyond ASCII": {"can\u0085ary", "control character"},
	"a byte order mark":      {"\ufeffcanary", "byte order mark"},
}

func TestSecretsThatAreMistakes(t *testing.T) {
	t.Parallel()
	for name, c := range mistakes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for n, secrets := range [][]pepay.Secret{{c.secret}, {current, c.secret}} {
				v, err := NewVerifier(secrets...)
				if err == nil || v != nil {
					t.Fatalf("accepted at place %d", n+1)
				}
				checkRefusal(t, err.Error(), fmt.Sprintf("webhook: NewVerifier: secret %d ", n+1), c.says)
			}
			defer func() { checkRefusal(t, fmt.Sprint(recover()), "webhook: Sign: ", c.says) }()
			Sign(c.secret, at, nil)
		})
	}
	if v, err := NewVerifier(); err == nil || v != nil {
		t.Error("a verifier without a secret")
	}
}

func checkRefusal(t *testing.T, text, begins, says string) {
	t.Helper()
	if !strings.HasPrefix(text, begins) || !strings.Contains(text, says) {
		t.Errorf("%q does not begin with %q and say %q", text, begins, says)
	}
	if strings.Contains(text, "canary") || strings.ContainsAny(text, "\n\r\x00") {
		t.Errorf("%q repeats the secret", text)
	}
}

// Unusual secrets are accepted.
func TestUnusualSecrets(t *testing.T) {
	t.Parallel()
	for _, secret := range []pepay.Secret{"x", "two words", `"quoted"`, "äöü", "\xff\xfe", pepay.Secret(strings.Repeat("long", 1000))} {
		v, err := NewVerifier(secret)
		if err != nil {
			t.Errorf("%q: %v", secret.Reveal(), err)
			continue
		}
		if err := v.Verify(Sign(secret, time.Now(), []byte(body)), []byte(body)); err != nil {
			t.Errorf("%q: %v", secret.Reveal(), err)
		}
	}
}

func TestFromEnv(t *testing.T) {
	now := fmt.Sprint(time.Now().UnixMilli())
	for _, c := range []struct {
		current, previous pepay.Secret
		fails             string
		accepts           pepay.Secret
	}{
		{"", "", "PEPAY_WEBHOOK_SECRET is not set", ""},
		{"", previous, "PEPAY_WEBHOOK_SECRET is not set", ""},
		{current + "\n", "", "PEPAY_WEBHOOK_SECRET begins or ends with white space", ""},
		{current, " ", "PEPAY_WEBHOOK_SECRET_PREVIOUS is blank", ""},
		{current, previous + "\r\n", "PEPAY_WEBHOOK_SECRET_PREVIOUS begins or ends with white space", ""},
		{current, "", "", current},
		{current, previous, "", previous},
	} {
		t.Setenv(currentVariable, c.current.Reveal())
		t.Setenv(previousVariable, c.previous.Reveal())
		v, err := FromEnv()
		if c.fails != "" {
			if err == nil || v != nil || !strings.HasPrefix(err.Error(), "webhook: FromEnv: "+c.fails) || strings.Contains(err.Error(), "canary") {
				t.Errorf("got %v, want %s", err, c.fails)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := v.Verify(headers(now, signature(c.accepts, now, body)), []byte(body)); err != nil {
			t.Error(err)
		}
	}
}
