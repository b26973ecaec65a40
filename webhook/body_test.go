package webhook

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go"
)

// pieces is a body that comes in pieces and then fails or ends.
type pieces struct {
	left []byte
	each int
	end  error
	read int
}

func (p *pieces) Read(into []byte) (int, error) {
	p.read++
	if len(p.left) == 0 {
		return 0, p.end
	}
	n := copy(into, p.left[:min(p.each, len(p.left))])
	p.left = p.left[n:]
	return n, nil
}

func TestReadBody(t *testing.T) {
	t.Parallel()
	for _, length := range []int{0, 1, 999, 1000, 1001, 5000} {
		content := strings.Repeat("x", length)
		for name, announced := range map[string]int64{"unknown": -1, "right": int64(length), "too much": 1 << 50} {
			r := &http.Request{Body: io.NopCloser(&pieces{left: []byte(content), each: 300, end: io.EOF}), ContentLength: announced}
			got, err := readBody(r, 1000)
			if length > 1000 {
				if !errors.Is(err, ErrBodyTooLarge) {
					t.Errorf("%d bytes, announced %s: %v", length, name, err)
				}
			} else if err != nil || string(got) != content {
				t.Errorf("%d bytes, announced %s: %d bytes, %v", length, name, len(got), err)
			}
		}
	}
	if got, err := readBody(&http.Request{}, 1000); got != nil || err != nil {
		t.Errorf("no body: %q, %v", got, err)
	}
}

func TestBodiesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		end    error
		status int
		want   error
	}{
		{"broke off", io.ErrUnexpectedEOF, 503, ErrBodyIncomplete},
		{"timed out", context.DeadlineExceeded, 503, ErrBodyIncomplete},
		{"another error", errors.New("no"), 503, ErrBodyIncomplete},
		{"a limit around the handler", &http.MaxBytesError{Limit: 10}, 413, ErrBodyTooLarge},
		{"a limit that is wrapped", errors.Join(errors.New("middleware"), &http.MaxBytesError{Limit: 10}), 413, ErrBodyTooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			request := func() *http.Request {
				r := httptest.NewRequest(http.MethodPost, "/", &pieces{left: []byte(body)[:20], each: 7, end: c.end})
				r.Header = Sign(current, at, []byte(body))
				return r
			}
			if _, err := verifier(t, current).Event(request()); !errors.Is(err, c.want) || !errors.Is(err, c.end) {
				t.Errorf("Event: %v, want %v", err, c.want)
			}
			w := httptest.NewRecorder()
			verifier(t, current).Handler(func(context.Context, *pepay.Event) error { return nil }).ServeHTTP(w, request())
			if w.Code != c.status || (w.Code == 503) != (w.Header().Get("Retry-After") != "") {
				t.Errorf("answered %d %s with %v, want %d", w.Code, w.Body, w.Header(), c.status)
			}
		})
	}
}

// A delivery with unusable headers is refused before its body is read.
func TestHeadersAreCheckedBeforeTheBody(t *testing.T) {
	t.Parallel()
	signed := Sign(current, at, []byte(body))
	timestamp := signed.Get(headerTimestamp)
	for _, c := range []struct {
		name    string
		headers http.Header
		want    error
	}{
		{"none", http.Header{}, ErrNoSignature},
		{"no signature", headers(timestamp), ErrNoSignature},
		{"no timestamp", http.Header{headerSignature: signed[headerSignature]}, ErrBadTimestamp},
		{"a timestamp in seconds", headers("1700000002", signed.Get(headerSignature)), ErrBadTimestamp},
		{"a signature that is not hex", headers(timestamp, "forged"), ErrBadSignature},
		{"two of them", headers(timestamp, "forged", "forged"), ErrBadSignature},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			content := &pieces{left: []byte(body), each: 1 << 20, end: io.EOF}
			r := httptest.NewRequest(http.MethodPost, "/", content)
			r.Header = c.headers
			if _, err := verifier(t, current).Event(r); !errors.Is(err, c.want) || content.read != 0 {
				t.Errorf("%v after %d reads, want %v after none", err, content.read, c.want)
			}
			w := httptest.NewRecorder()
			verifier(t, current).Handler(func(context.Context, *pepay.Event) error { return nil }).ServeHTTP(w, r)
			if w.Code != 400 || content.read > 1 {
				t.Errorf("%d after %d reads", w.Code, content.read)
			}
			r.Body = io.NopCloser(&pieces{end: io.ErrUnexpectedEOF})
			w = httptest.NewRecorder()
			verifier(t, current).Handler(func(context.Context, *pepay.Event) error { return nil }).ServeHTTP(w, r)
			if w.Code != 503 {
				t.Errorf("%d for a delivery that broke off", w.Code)
			}
		})
	}
}

// Middleware that replaces the body leaves Content-Length as it was.
func TestBodyThatMiddlewareReplaced(t *testing.T) {
	t.Parallel()
	long := `{"id":"evt_1","type":"t","data":{"object":{"note":"` + strings.Repeat("a", 300_000) + `"}}}`
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = io.WriteString(z, long)
	_ = z.Close()
	var got string
	handler := verifier(t, current).Handler(func(_ context.Context, ev *pepay.Event) error {
		got = string(ev.Raw())
		return nil
	})
	r := httptest.NewRequest(http.MethodPost, "/", &zipped)
	r.Header = Sign(current, at, []byte(long))
	plain, err := gzip.NewReader(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	r.Body = plain
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	if w.Code != 200 || got != long {
		t.Errorf("%d %s, %d bytes of event", w.Code, w.Body, len(got))
	}
}

func TestBodyBeyondTheLimitOfTheServer(t *testing.T) {
	t.Parallel()
	h := http.MaxBytesHandler(verifier(t, current).Handler(func(context.Context, *pepay.Event) error { return nil }), int64(len(body))-1)
	if w := deliver(h, http.MethodPost, body, Sign(current, at, []byte(body))); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestEventAllocations(t *testing.T) {
	v := verifier(t, current)
	content := []byte(`{"id":"evt_1","object":"event","type":"invoice.updated","data":{"object":{"note":"` + strings.Repeat("x", 256<<10) + `"}}}`)
	reader := bytes.NewReader(nil)
	r := &http.Request{Header: Sign(current, at, content), Body: io.NopCloser(reader), ContentLength: int64(len(content))}
	allocs := testing.AllocsPerRun(20, func() {
		reader.Reset(content)
		if _, err := v.Event(r); err != nil {
			t.Error(err)
		}
	})
	if allocs > 4 && !raceDetector { // two of the body, the event and its id
		t.Errorf("Event of 256 KB: %v allocations", allocs)
	}
}
