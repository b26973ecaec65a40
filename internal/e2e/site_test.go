package e2e_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

const password = "correct horse battery"

// site is the example as people run it, with the simulator behind it.
type site struct {
	t   *testing.T
	sim *pepaytest.Server
	url string
}

// program is an example or the command, built once for all tests.
type program struct {
	dir string // of the module
	pkg string

	once sync.Once
	path string
	err  error
}

var (
	dashboard = program{dir: "../..", pkg: "./examples/dashboard"}
	command   = program{dir: "../..", pkg: "./cmd/pepay"}
)

func (p *program) remove() {
	if p.path != "" {
		_ = os.RemoveAll(filepath.Dir(p.path))
	}
}

func (p *program) build(t *testing.T) string {
	t.Helper()
	skipIfShort(t, "builds an example")
	p.once.Do(func() {
		dir, err := os.MkdirTemp("", "pepay-e2e-")
		if err != nil {
			p.err = err
			return
		}
		p.path = filepath.Join(dir, "example")
		// As the commands of the pages are run: nothing is compiled for both.
		out, err := exec.Command("go", "-C", p.dir, "build", "-trimpath", "-ldflags=-w", "-o", p.path, p.pkg).CombinedOutput()
		if p.err = err; err != nil {
			t.Logf("%s", out)
		}
	})
	if p.err != nil {
		t.Fatal(p.err)
	}
	return p.path
}

// start runs the example in front of a simulator until the test ends, and gives its
// address, which is in the first line that it logs. What it logs may hold no secret.
func (p *program) start(t *testing.T, sim *pepaytest.Server, secrets, env []string, args ...string) (at string) {
	t.Helper()
	cmd := exec.Command(p.build(t), append([]string{"-addr", "127.0.0.1:0"}, args...)...)
	cmd.Env = append(append(os.Environ(),
		"PEPAY_API_URL="+sim.URL(), "PEPAY_WS_URL=", "PEPAY_API_KEY="+sim.APIKey(), "PEPAY_COMMERCE_API_KEY="+sim.CommerceAPIKey()), env...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(stderr)
	line, err := lines.ReadString('\n')
	at = regexp.MustCompile(`http://\S+`).FindString(line)
	drained := make(chan string)
	go func() {
		rest, _ := io.ReadAll(lines)
		drained <- line + string(rest)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		said := <-drained
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("the back end said:\n%s", said)
		}
		for _, secret := range append(secrets, "eyJ", sim.APIKey(), sim.CommerceAPIKey()) {
			if strings.Contains(said, secret) {
				t.Errorf("the back end's log has %q", secret)
			}
		}
	})
	if err != nil || at == "" {
		t.Fatalf("the back end did not start: %v, %s", err, line)
	}
	return at
}

func newSite(t *testing.T, tokenLife time.Duration, opts ...pepaytest.Option) *site {
	t.Helper()
	sim := pepaytest.NewServer(t, opts...) // closed after the back end
	at := dashboard.start(t, sim, []string{password}, []string{"DASHBOARD_PASSWORD=" + password}, "-token-life", tokenLife.String())
	return &site{t: t, sim: sim, url: at}
}

// signedIn is a tab that has signed in by the form and whose streams are live.
func (s *site) signedIn() *tab {
	s.t.Helper()
	tb := newTab(s.t)
	tb.signIn(s)
	tb.untilLive()
	return tb
}

// emit makes something happen to the resource with this id.
func (s *site) emit(eventType, id, status string) string {
	s.t.Helper()
	ev, err := pepaytest.NewEvent(eventType)
	if err != nil {
		s.t.Fatal(err)
	}
	object := string(ev.Data.Object)
	object = regexp.MustCompile(`"id":"[^"]*"`).ReplaceAllString(object, `"id":"`+id+`"`)
	object = regexp.MustCompile(`"status":"[^"]*"`).ReplaceAllString(object, `"status":"`+status+`"`)
	ev.Data.Object = []byte(object)
	return s.sim.Emit(ev).ID
}

// emitInvoiceAndOrder makes five events: an invoice is paid in two steps, and an order is shipped.
func (s *site) emitInvoiceAndOrder(n string) (ids []string) {
	s.t.Helper()
	return []string{
		s.emit(pepay.EventInvoiceCreated, "inv_"+n, "unpaid"),
		s.emit(pepay.EventInvoiceUpdated, "inv_"+n, "underpaid"),
		s.emit(pepay.EventInvoiceUpdated, "inv_"+n, "paid"),
		s.emit(pepay.EventCommerceOrderCreated, "order_"+n, "placed"),
		s.emit(pepay.EventCommerceOrderUpdated, "order_"+n, "shipped"),
	}
}

// inPieces is the address of a proxy whose pages arrive in pieces, so that the browser
// could paint between them.
func inPieces(t *testing.T, address string) string {
	t.Helper()
	to, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewServer(&httputil.ReverseProxy{
		FlushInterval: -1, // at once
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.Host = r.In.Host
		},
		ModifyResponse: func(r *http.Response) error {
			if strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") {
				r.Body = &pieces{r.Body}
			}
			return nil
		},
	})
	t.Cleanup(func() {
		proxy.CloseClientConnections() // Close would wait for a page that keeps one open
		proxy.Close()
	})
	return proxy.URL
}

// pieces is a body that comes as over a slow network: 100 bytes every 30 ms.
type pieces struct{ io.ReadCloser }

func (p *pieces) Read(b []byte) (int, error) {
	time.Sleep(30 * time.Millisecond)
	return p.ReadCloser.Read(b[:min(len(b), 100)])
}

// waitFor polls what is not on the page.
func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("not within %v: %s", patience, what)
		}
	}
}
