package webhook

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
)

const (
	current  = pepay.Secret("whsec_current_canary")
	previous = pepay.Secret("whsec_previous_canary")
	body     = `{"id":"evt_1700000002000-789","object":"event","type":"invoice.updated","created":1700000002,"data":{"object":{"object":"invoice","id":"inv_123","status":"paid"}}}`
)

var at = time.UnixMilli(1700000002123)

func verifier(t testing.TB, secrets ...pepay.Secret) *Verifier {
	t.Helper()
	v, err := NewVerifier(secrets...)
	if err != nil {
		t.Fatal(err)
	}
	return v.WithClock(func() time.Time { return at })
}

// signature follows the documentation and shares no code with the package.
func signature(secret pepay.Secret, timestamp, body string) string {
	mac := hmac.New(sha256.New, []byte(secret.Reveal()))
	fmt.Fprintf(mac, "%s.%s", timestamp, body)
	return hex.EncodeToString(mac.Sum(nil))
}

func headers(timestamp string, signatures ...string) http.Header {
	h := http.Header{"X-Pepay-Timestamp": {timestamp}}
	for i, name := range []string{"X-Pepay-Signature", "X-Pepay-Signature-Previous"} {
		if i < len(signatures) && signatures[i] != "" {
			h.Set(name, signatures[i])
		}
	}
	return h
}

func TestVerify(t *testing.T) {
	t.Parallel()
	now := fmt.Sprint(at.UnixMilli())
	stamp := func(d time.Duration) string { return fmt.Sprint(at.Add(d).UnixMilli()) }
	good := signature(current, now, body)
	for _, c := range []struct {
		name    string
		secrets []pepay.Secret
		headers http.Header
		body    string
		want    error
	}{
		{name: "good", headers: headers(now, good)},
		{name: "upper case", headers: headers(now, strings.ToUpper(good))},
		{name: "rotated here: the previous secret signs", secrets: []pepay.Secret{previous, current}, headers: headers(now, good)},
		{name: "rotated there: both headers, we have the old secret", secrets: []pepay.Secret{previous}, headers: headers(now, good, signature(previous, now, body))},
		{name: "only the previous header", secrets: []pepay.Secret{previous}, headers: headers(now, "", signature(previous, now, body))},
		{name: "current secret in the previous header", headers: headers(now, strings.Repeat("0", 64), good)},
		{name: "names in lower case", headers: http.Header{"x-pepay-timestamp": {now}, "x-pepay-signature": {good}}},
		{name: "empty body", body: "-", headers: headers(now, signature(current, now, ""))},
		{name: "5 minutes old", headers: headers(stamp(-5*time.Minute), signature(current, stamp(-5*time.Minute), body))},
		{name: "5 minutes ahead", headers: headers(stamp(5*time.Minute), signature(current, stamp(5*time.Minute), body))},
		{name: "older", headers: headers(stamp(-5*time.Minute-time.Millisecond), signature(current, stamp(-5*time.Minute-time.Millisecond), body)), want: ErrTimestampOutOfRange},
		{name: "further ahead", headers: headers(stamp(5*time.Minute+time.Millisecond), signature(current, stamp(5*time.Minute+time.Millisecond), body)), want: ErrTimestampOutOfRange},
		{name: "unsigned and old", headers: headers(stamp(-time.Hour), good), want: ErrBadSignature},
		{name: "no headers", headers: http.Header{}, want: ErrNoSignature},
		{name: "nil headers", want: ErrNoSignature},
		{name: "no signature", headers: headers(now), want: ErrNoSignature},
		{name: "no timestamp", headers: http.Header{"X-Pepay-Signature": {good}}, want: ErrBadTimestamp},
		{name: "timestamp in seconds", headers: headers("1700000002", signature(current, "1700000002", body)), want: ErrBadTimestamp},
		{name: "timestamp with a sign", headers: headers("+"+now, good), want: ErrBadTimestamp},
		{name: "negative timestamp", headers: headers("-"+now, good), want: ErrBadTimestamp},
		{name: "timestamp with space", headers: headers(" "+now, good), want: ErrBadTimestamp},
		{name: "timestamp with a fraction", headers: headers(now+".5", good), want: ErrBadTimestamp},
		{name: "timestamp in hex", headers: headers("0x18bcfe56800", good), want: ErrBadTimestamp},
		{name: "timestamp beyond an int64", headers: headers(strings.Repeat("9", 30), good), want: ErrBadTimestamp},
		{name: "another secret", secrets: []pepay.Secret{previous}, headers: headers(now, good), want: ErrBadSignature},
		{name: "another body", headers: headers(now, good), body: strings.Replace(body, "paid", "void", 1), want: ErrBadSignature},
		{name: "same JSON, other bytes", headers: headers(now, good), body: body + "\n", want: ErrBadSignature},
		{name: "with a prefix", headers: headers(now, "sha256="+good), want: ErrBadSignature},
		{name: "too short", headers: headers(now, good[:62]), want: ErrBadSignature},
		{name: "too long", headers: headers(now, good+"00"), want: ErrBadSignature},
		{name: "not hex", headers: headers(now, "g"+good[1:]), want: ErrBadSignature},
		{name: "zeros", headers: headers(now, strings.Repeat("0", 64)), want: ErrBadSignature},
		{name: "base64", headers: headers(now, "SGVsbG8gd29ybGQhSGVsbG8gd29ybGQhSGVsbG8gd29ybGQhSGVsbG8gd29ybGQh"), want: ErrBadSignature},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.secrets == nil {
				c.secrets = []pepay.Secret{current}
			}
			switch c.body {
			case "":
				c.body = body
			case "-":
				c.body = ""
			}
			err := verifier(t, c.secrets...).Verify(c.headers, []byte(c.body))
			if !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			if err == nil {
				return
			}
			text := fmt.Sprintf("%v %+v %#v", err, err, err)
			for _, secret := range []string{current.Reveal(), previous.Reveal(), good} {
				if strings.Contains(text, secret) {
					t.Errorf("the error shows what it must not: %s", text)
				}
			}
			if c.name == "timestamp in seconds" && !strings.Contains(err.Error(), "seconds") {
				t.Errorf("%v does not say what is wrong", err)
			}
		})
	}
}

func TestWithReturnsCopies(t *testing.T) {
	t.Parallel()
	v := verifier(t, current)
	strict := v.WithTolerance(time.Second)
	later := v.WithClock(func() time.Time { return at.Add(time.Hour) })
	h := Sign(current, at.Add(-time.Minute), []byte(body))
	if err := v.Verify(h, []byte(body)); err != nil {
		t.Errorf("the original changed: %v", err)
	}
	for name, other := range map[string]*Verifier{"WithTolerance": strict, "WithClock": later} {
		if err := other.Verify(h, []byte(body)); !errors.Is(err, ErrTimestampOutOfRange) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSign(t *testing.T) {
	t.Parallel()
	h := Sign(current, at, []byte(body))
	if len(h) != 2 || h.Get("X-Pepay-Timestamp") != fmt.Sprint(at.UnixMilli()) || h.Get("X-Pepay-Signature") != signature(current, fmt.Sprint(at.UnixMilli()), body) {
		t.Errorf("got %v", h)
	}
}

// Runtimes may use the body's bytes again.
func TestParseKeepsNothingOfTheBody(t *testing.T) {
	t.Parallel()
	content := []byte(body)
	ev, err := verifier(t, current).Parse(Sign(current, at, content), content)
	if err != nil {
		t.Fatal(err)
	}
	clear(content)
	if string(ev.Raw()) != body || !strings.Contains(string(ev.Data.Object), "inv_123") {
		t.Errorf("the event changed with the body: %q", ev.Raw())
	}
}

// An order comes as the type that the orders API returns.
func TestOrderOfAnEvent(t *testing.T) {
	t.Parallel()
	content := []byte(`{"id":"evt_1","object":"event","type":"commerce.order.updated","created":1700000000,` +
		`"data":{"object":{"object":"commerce_order","id":"order_123","status":"fulfilled","invoice_id":"inv_123","total":"10.00"}}}`)
	ev, err := verifier(t, current).Parse(Sign(current, at, content), content)
	if err != nil {
		t.Fatal(err)
	}
	var order pepay.Order
	if err := ev.Decode(&order); err != nil {
		t.Fatal(err)
	}
	if order.ID != "order_123" || order.InvoiceID != "inv_123" || order.Status != pepay.OrderStatusFulfilled || order.Total.String() != "10.00" {
		t.Errorf("got %+v", order)
	}
}

func TestVerifyDoesNotAllocate(t *testing.T) {
	v := verifier(t, current, previous)
	h, content := Sign(previous, at, []byte(body)), []byte(body)
	if n := testing.AllocsPerRun(100, func() {
		if err := v.Verify(h, content); err != nil {
			t.Error(err)
		}
	}); n > 0 && !raceDetector {
		t.Errorf("%v allocations", n)
	}
}

func TestVerifyConcurrently(t *testing.T) {
	t.Parallel()
	v := verifier(t, current, previous)
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			content := bytes.Repeat([]byte{byte(i)}, 1000)
			good, bad := Sign(current, at, content), Sign("whsec_other", at, content)
			for range 200 {
				if err := v.Verify(good, content); err != nil {
					t.Error(err)
				}
				if err := v.Verify(bad, content); !errors.Is(err, ErrBadSignature) {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

// The sample of Pepay's documentation, run by Node, and this package accept each
// other's signatures.
func TestInteroperability(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("Node.js is not installed; the documentation's sample cannot be run against this package")
	}
	const script = `
const { createHmac, timingSafeEqual } = require('node:crypto');
const [secret, timestamp, body, theirs] = process.argv.slice(1);
const mine = createHmac('sha256', secret).update(timestamp + '.' + body).digest('hex');
const ok = theirs.length === mine.length && timingSafeEqual(Buffer.from(theirs, 'hex'), Buffer.from(mine, 'hex'));
console.log(mine + ' ' + ok);`
	for _, content := range []string{body, ``, `{"text":"äöü ☃ 😀"}`, "line\r\nbreaks\t\u2028"} {
		h := Sign(current, at, []byte(content))
		out, err := exec.CommandContext(t.Context(), node, "-e", script, current.Reveal(), h.Get(headerTimestamp), content, h.Get(headerSignature)).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		theirs, verdict, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
		if verdict != "true" {
			t.Errorf("Node does not accept our signature of %q", content)
		}
		if err := verifier(t, current).Verify(headers(h.Get(headerTimestamp), theirs), []byte(content)); err != nil {
			t.Errorf("we do not accept Node's signature of %q: %v", content, err)
		}
	}
}

// FuzzVerify checks that Verify accepts what Sign made, and refuses it after any
// change.
func FuzzVerify(f *testing.F) {
	f.Add("secret", []byte(body), int64(1700000002123), uint16(3), uint8(1))
	f.Add("s", []byte{}, int64(100000000000), uint16(0), uint8(0x80))
	f.Fuzz(func(t *testing.T, secret string, content []byte, millis int64, where uint16, flip uint8) {
		if millis < 1e11 || millis > 1e14 {
			t.Skip()
		}
		v, err := NewVerifier(pepay.Secret(secret))
		if err != nil {
			t.Skip() // a secret that is certainly a mistake
		}
		v = v.WithClock(func() time.Time { return time.UnixMilli(millis) })
		h := Sign(pepay.Secret(secret), time.UnixMilli(millis), content)
		if err := v.Verify(h, content); err != nil {
			t.Fatalf("our own signature: %v", err)
		}
		if flip == 0 {
			return
		}
		if len(content) > 0 {
			changed := bytes.Clone(content)
			changed[int(where)%len(changed)] ^= flip
			if v.Verify(h, changed) == nil {
				t.Error("a changed body was accepted")
			}
		}
		for _, name := range []string{headerTimestamp, headerSignature} {
			changed := h.Clone()
			value := []byte(changed[name][0])
			value[int(where)%len(value)] ^= flip
			changed[name] = []string{string(value)}
			if strings.EqualFold(changed[name][0], h[name][0]) {
				continue // hex in the other case is the same signature
			}
			if v.Verify(changed, content) == nil {
				t.Errorf("a changed %s was accepted", name)
			}
		}
	})
}
