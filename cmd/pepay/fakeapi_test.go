package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// fakeAPI answers with what is given for a path and its query, and keeps the requests. It
// stands for answers that the simulator does not give.
type fakeAPI struct {
	*httptest.Server
	before []func(uri string)

	mu      sync.Mutex
	answers map[string]string
	asks    []string // method, path with query, body
	headers []http.Header
}

// newFakeAPI takes answers in JSON, a line each where a request is to be answered
// differently each time: the last one is repeated. "!503" is a status without an answer.
// before, if any, is called with the address of each request.
func newFakeAPI(t *testing.T, answers map[string]string, before ...func(uri string)) *fakeAPI {
	t.Helper()
	f := &fakeAPI{answers: map[string]string{}, before: before}
	for path, answer := range answers {
		f.answers[path] = answer
	}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(f.Close)
	return f
}

func (f *fakeAPI) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	for _, before := range f.before {
		before(r.URL.RequestURI())
	}
	answer, ok := f.next(r, string(body))
	w.Header().Set("Content-Type", "application/json")
	status, failed := strings.CutPrefix(answer, "!")
	switch {
	case !ok:
		w.WriteHeader(http.StatusNotFound)
		answer = `{"success":false,"error":{"code":"NOT_FOUND","message":"no such thing"}}`
	case failed:
		code, _ := strconv.Atoi(status)
		w.WriteHeader(code)
		answer = `{"success":false,"error":{"code":"REFUSED","message":"refused on purpose"}}`
	case answer == "":
		w.WriteHeader(http.StatusNoContent)
	}
	_, _ = io.WriteString(w, answer)
}

func (f *fakeAPI) next(r *http.Request, body string) (answer string, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asks = append(f.asks, strings.TrimSpace(r.Method+" "+r.URL.RequestURI()+" "+body))
	f.headers = append(f.headers, r.Header)
	answer, ok = f.answers[r.URL.RequestURI()]
	if first, rest, more := strings.Cut(answer, "\n"); more {
		answer, f.answers[r.URL.RequestURI()] = first, rest
	}
	return answer, ok
}

func (f *fakeAPI) asked() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.asks
}

// sent are the values of a header in the requests so far.
func (f *fakeAPI) sent(name string) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var values []string
	for _, header := range f.headers {
		values = append(values, header.Get(name))
	}
	return values
}

// bearerCanary is the dashboard's token of the tests.
const bearerCanary = "eyJ" + canary

// env has a credential of each kind, and a fixed time zone for dates.
func (f *fakeAPI) env() []string {
	return append(at(f.URL), "PEPAY_COMMERCE_API_KEY="+commerceCanary, "PEPAY_JWT="+bearerCanary, "TZ=UTC")
}

// commandCase is a command against a fake API.
type commandCase struct {
	name           string
	args           []string
	stdin          string
	answers        map[string]string
	asked          []string
	code           int
	stdout, stderr string
}

func runCases(t *testing.T, cases []commandCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			api := newFakeAPI(t, c.answers)
			r := pepayWith(t, strings.NewReader(c.stdin), api.env(), c.args...)
			if r.code != c.code || r.stdout != c.stdout || r.stderr != c.stderr {
				t.Errorf("code %d, want %d\nstdout:\n%swant:\n%sstderr:\n%swant:\n%s", r.code, c.code, r.stdout, c.stdout, r.stderr, c.stderr)
			}
			if got := strings.Join(api.asked(), "\n"); got != strings.Join(c.asked, "\n") {
				t.Errorf("asked\n%s\nwant\n%s", got, strings.Join(c.asked, "\n"))
			}
		})
	}
}
