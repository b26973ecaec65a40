package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go/internal/leakcheck"
	"github.com/pepaylabs/pepay-go/internal/localdb"
)

// The tests run their own binary as the replicas.
func TestMain(m *testing.M) {
	if os.Getenv(envReplica) != "" {
		if err := runReplica(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	leakcheck.Main(m)
}

// show is a stage and a client for its page.
type show struct {
	*stage
	t      *testing.T
	client *http.Client
}

func openShow(t *testing.T, o options) *show {
	t.Helper()
	o.addr = "127.0.0.1:0"
	s, err := open(t.Context(), o)
	localdb.Require(t, err)
	transport := &http.Transport{}
	sh := &show{s, t, &http.Client{Transport: transport, Timeout: 10 * time.Second}}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if t.Failed() {
			for _, p := range s.replicas {
				t.Logf("%s:\n%s", p.settings.Name, p.text())
			}
		}
		pids := sh.pids()
		if err := s.close(); err != nil {
			t.Error(err)
		}
		for _, pid := range pids {
			if _, err := os.Stat(fmt.Sprintf("/proc/%d", pid)); err == nil {
				t.Errorf("replica %d still runs", pid)
			}
		}
		for _, folder := range []string{s.folder, s.database.Folder(), s.nginx.Folder()} {
			if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s is still there: %v", folder, err)
			}
		}
	})
	return sh
}

func (s *show) pids() (pids []int) {
	for _, r := range s.shown() {
		if r.PID != 0 {
			pids = append(pids, r.PID)
		}
	}
	return pids
}

// read is what the page gets.
func (s *show) read() picture {
	s.t.Helper()
	resp, err := s.client.Get(s.url() + "/state")
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	var p picture
	if err := json.NewDecoder(resp.Body).Decode(&p); err != nil || resp.StatusCode != http.StatusOK {
		s.t.Fatal(resp.Status, err)
	}
	return p
}

func (s *show) until(what string, done func(picture) bool) picture {
	s.t.Helper()
	limit, tick := time.After(2*time.Minute), time.NewTicker(50*time.Millisecond)
	defer tick.Stop()
	for {
		p := s.read()
		if done(p) {
			return p
		}
		select {
		case <-tick.C:
		case <-limit:
			s.t.Fatalf("%s: still not so: %+v", what, p)
		}
	}
}

func (s *show) post(path string, header http.Header) int {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url()+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header = header
	resp, err := s.client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

// The replica that follows the stream is killed again and again, and others now and then,
// while events come both ways. Each event has its effect once.
func TestEachEventHasOneEffect(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: kills replicas until three have taken over")
	}
	t.Parallel()
	s := openShow(t, options{rate: 40, kill: 1500 * time.Millisecond, life: 500 * time.Millisecond})
	s.until("a replica follows", func(p picture) bool { return p.Holder != "" && p.Counts.Effects > 0 })
	p := s.until("three take-overs", func(p picture) bool { return p.Takings >= 3 && p.Counts.Stream > 0 && p.Counts.Webhook > 0 })
	kills := 0
	for _, r := range p.Replicas {
		kills += r.Kills
		if len(r.Segments) == 0 {
			t.Errorf("%s has no past", r.Name)
		}
	}
	newest := p.TakeOvers[0]
	if kills < 3 || p.Fence < 4 || newest.Fence > p.Fence || newest.From == "" || newest.Why == "" || p.Longest <= 0 || len(p.Lag) == 0 {
		t.Errorf("%d kills, %+v", kills, p)
	}
	counts, err := s.settle(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := s.read().Counts; !got.good() || got != counts {
		t.Errorf("the page shows %v, the end is %v", got, counts)
	}
	t.Logf("%v; %d kills, %d take-overs, the longest took %d ms", counts, kills, p.Takings, p.Longest)
}

// A button kills, for this page alone; what is down comes back.
func TestPage(t *testing.T) {
	t.Parallel()
	s := openShow(t, options{rate: 5, life: 500 * time.Millisecond})
	for path, want := range map[string]string{
		"/": "text/html", "/static/replicas.css": "text/css", "/static/theme.css": "text/css",
		"/static/replicas.js": "text/javascript", "/static/icon.svg": "image/svg+xml", "/state": "application/json",
	} {
		resp, err := s.client.Get(s.url() + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK || !strings.HasPrefix(resp.Header.Get("Content-Type"), want) || len(body) < 100 {
			t.Errorf("%s: %s, %s, %d bytes, %v", path, resp.Status, resp.Header.Get("Content-Type"), len(body), err)
		}
		if got := resp.Header.Get("Content-Security-Policy"); got != policy {
			t.Errorf("%s: the policy is %q", path, got)
		}
		if strings.Contains(string(body), endpointSecret) || strings.Contains(string(body), s.sim.APIKey()) {
			t.Errorf("%s has a secret", path)
		}
	}
	p := s.until("a replica follows, the others stand by", func(p picture) bool {
		by := 0
		for _, r := range p.Replicas {
			if r.Standing == standsBy {
				by++
			}
		}
		return p.Holder != "" && by == 2
	})
	if got := s.post("/kill/"+p.Holder, http.Header{"Sec-Fetch-Site": {"cross-site"}}); got != http.StatusForbidden {
		t.Errorf("another page's click got %d", got)
	}
	if got := s.post("/kill/nobody", nil); got != http.StatusNotFound {
		t.Errorf("an unknown replica got %d", got)
	}
	if got := s.post("/kill/"+p.Holder, http.Header{"Sec-Fetch-Site": {"same-origin"}}); got != http.StatusNoContent {
		t.Errorf("the page's click got %d", got)
	}
	s.until("another one took over, and the first is back", func(now picture) bool {
		for _, r := range now.Replicas {
			if r.Name == p.Holder && (r.PID == 0 || r.Kills != 1 || r.Standing == starting) {
				return false
			}
		}
		return now.Takings == 1 && now.TakeOvers[0].From == p.Holder && now.TakeOvers[0].Why == "was killed" && now.Fence == 2
	})
}

func TestRunChecksItself(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: runs replicas for 5 s")
	}
	t.Parallel()
	var out strings.Builder
	err := run(t.Context(), options{addr: "127.0.0.1:0", rate: 20, kill: time.Second, life: 500 * time.Millisecond}, 5*time.Second, &out)
	localdb.Require(t, err)
	if !strings.Contains(out.String(), "0 duplicates, 0 missing, 0 under way") {
		t.Errorf("it said %q", out.String())
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	good := options{rate: 5, kill: 6 * time.Second, life: 3 * time.Second}
	if err := good.check(); err != nil {
		t.Error(err)
	}
	for name, c := range map[string]struct {
		change func(*options)
		names  string
	}{
		"no event":        {func(o *options) { o.rate = 0 }, "-rate 0"},
		"too many events": {func(o *options) { o.rate = 101 }, "-rate 101"},
		"too often":       {func(o *options) { o.kill = time.Millisecond }, "-kill 1ms"},
		"a short life":    {func(o *options) { o.life = 100 * time.Millisecond }, "-life 100ms"},
		"a long life":     {func(o *options) { o.life = time.Hour }, "-life 1h"},
	} {
		o := good
		c.change(&o)
		if err := run(t.Context(), o, 0, io.Discard); err == nil || !strings.Contains(err.Error(), c.names) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSaysWhatToInstall(t *testing.T) {
	t.Parallel()
	got := explain(fmt.Errorf("x: %w", &localdb.MissingError{Program: "nginx", Package: "nginx-light"}))
	if !strings.Contains(got, "nginx is not installed") || !strings.Contains(got, "apt-get install postgresql nginx-light") {
		t.Error(got)
	}
}

// Counts are only good when every event has one effect.
func TestCounts(t *testing.T) {
	t.Parallel()
	good := counts{Emitted: 2, Effects: 2}
	for name, c := range map[string]struct {
		counts counts
		want   bool
	}{
		"each once":    {good, true},
		"nothing":      {counts{}, false},
		"one missing":  {counts{Emitted: 2, Effects: 1, Waiting: 1}, false},
		"one twice":    {counts{Emitted: 2, Effects: 3, Duplicates: 1}, false},
		"both at once": {counts{Emitted: 2, Effects: 2, Duplicates: 1, Waiting: 1}, false},
	} {
		if c.counts.good() != c.want {
			t.Errorf("%s: %v", name, c.counts)
		}
	}
}
