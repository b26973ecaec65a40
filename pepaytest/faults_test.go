package pepaytest_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

// statuses mints n times.
func statuses(t *testing.T, s *pepaytest.Server, n int) string {
	t.Helper()
	var got []any
	for range n {
		got = append(got, mint(t, s, "").status)
	}
	return sprint(got...)
}

func TestScheduling(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name  string
		rules func(f *pepaytest.Faults)
		want  string
	}{
		{"Next", func(f *pepaytest.Faults) {
			f.On(mintID, pepaytest.Status(503), pepaytest.Next(2))
		}, "503 503 200 200 200 200"},
		{"Every", func(f *pepaytest.Faults) {
			f.On(mintID, pepaytest.Status(503), pepaytest.Every(3))
		}, "200 200 503 200 200 503"},
		{"Always", func(f *pepaytest.Faults) {
			f.On(mintID, pepaytest.Status(503), pepaytest.Always())
		}, "503 503 503 503 503 503"},
		{"the zero When is Always", func(f *pepaytest.Faults) {
			f.On(mintID, pepaytest.Status(503), pepaytest.When{})
		}, "503 503 503 503 503 503"},
		{"any operation", func(f *pepaytest.Faults) {
			f.On("*", pepaytest.Status(503), pepaytest.Next(1))
		}, "503 200 200 200 200 200"},
		{"a script of Next", func(f *pepaytest.Faults) {
			f.On(mintID, pepaytest.Status(503), pepaytest.Next(2))
			f.On("*", pepaytest.Status(429), pepaytest.Next(1))
			f.On(mintID, pepaytest.Status(500), pepaytest.Next(1))
		}, "503 503 429 500 200 200"},
		{"an older rule comes first", func(f *pepaytest.Faults) {
			f.On(mintID, pepaytest.Status(503), pepaytest.Every(2))
			f.On(mintID, pepaytest.Status(500), pepaytest.Always())
		}, "500 503 500 503 500 503"},
		{"Every counts what an older rule answers", func(f *pepaytest.Faults) {
			f.On(mintID, pepaytest.Status(503), pepaytest.Next(2))
			f.On(mintID, pepaytest.Status(500), pepaytest.Every(2))
		}, "503 503 200 500 200 500"},
		{"Latency goes with an answer", func(f *pepaytest.Faults) {
			f.On(mintID, pepaytest.Latency(time.Millisecond), pepaytest.Always())
			f.On(mintID, pepaytest.Status(503), pepaytest.Next(1))
		}, "503 200 200 200 200 200"},
		{"Remove", func(f *pepaytest.Faults) {
			removed := f.On(mintID, pepaytest.Status(503), pepaytest.Always())
			f.On(mintID, pepaytest.Status(500), pepaytest.Next(1))
			removed.Remove()
			removed.Remove()
		}, "500 200 200 200 200 200"},
		{"Reset", func(f *pepaytest.Faults) {
			f.On(mintID, pepaytest.Status(503), pepaytest.Always())
			f.Reset()
			f.On(mintID, pepaytest.Status(500), pepaytest.Next(1))
		}, "500 200 200 200 200 200"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := pepaytest.NewServer(t)
			tc.rules(s.Faults())
			if got := statuses(t, s, 6); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}

// An outage ends by itself.
func TestFor(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s *pepaytest.Server) {
		rule := s.Faults().On("listEvents", pepaytest.Status(503), pepaytest.For(25*time.Second))
		var got []any
		for range 6 {
			r, err := request(t, s, "GET", "/api/v1/events", "", "x-api-key", s.APIKey())
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, r.status)
			time.Sleep(10 * time.Second)
		}
		if want := "503 503 503 200 200 200"; sprint(got...) != want || rule.Hits() != 3 {
			t.Errorf("%v with %d hits, want %s", got, rule.Hits(), want)
		}
	})
}

func TestHits(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	f := s.Faults()
	next := f.On(mintID, pepaytest.Status(503), pepaytest.Next(2))
	every := f.On(mintID, pepaytest.Status(500), pepaytest.Every(4))
	slow := f.On("*", pepaytest.Latency(time.Nanosecond), pepaytest.Always())
	statuses(t, s, 5)
	f.Reset()
	statuses(t, s, 2)
	if got := sprint(next.Hits(), every.Hits(), slow.Hits()); got != "2 1 5" {
		t.Errorf("hits %s, want 2 1 5", got)
	}
}

// A fault for one operation leaves the others alone; "*" meets all, also what the
// contract does not have.
func TestOperations(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	minting := s.Faults().On(mintID, pepaytest.Status(503), pepaytest.Always())
	anything := s.Faults().On("*", pepaytest.Status(500), pepaytest.Always())
	for _, c := range []struct {
		method, path string
		want         int
	}{{"POST", mintPath, 503}, {"GET", mintPath, 500}, {"GET", "/api/v1/later", 500}} {
		if r, err := request(t, s, c.method, c.path, ""); err != nil || r.status != c.want {
			t.Errorf("%s %s: %d, %v; want %d", c.method, c.path, r.status, err, c.want)
		}
	}
	if minting.Hits() != 1 || anything.Hits() != 2 {
		t.Errorf("hits %d and %d", minting.Hits(), anything.Hits())
	}
}

func TestOnRefusesMistakes(t *testing.T) {
	t.Parallel()
	ok := pepaytest.Status(503)
	cases := []struct {
		name, operation string
		fault           pepaytest.Fault
		when            pepaytest.When
		want            string
	}{
		{"unknown operation", "mintWSToken", ok, pepaytest.Always(), `unknown operation "mintWSToken"; did you mean mintWsToken? pepay.Operations lists all, and * is for any`},
		{"typing error in an operation", "getInvoyce", ok, pepaytest.Always(), `did you mean getInvoice or getInvoiceQuestions or getInvoiceStatus? `},
		{"no such operation", "refund", ok, pepaytest.Always(), `unknown operation "refund"; pepay.Operations lists all`},
		{"no operation", "", ok, pepaytest.Always(), `unknown operation ""`},
		{"zero fault", mintID, pepaytest.Fault{}, pepaytest.Always(), "zero Fault"},
		{"status below 200", mintID, pepaytest.Status(101), pepaytest.Always(), "status 101"},
		{"status above 599", mintID, pepaytest.StatusRetryAfter(600, "1"), pepaytest.Always(), "status 600"},
		{"envelope status", mintID, pepaytest.Envelope(0, ""), pepaytest.Always(), "status 0"},
		{"body of a 204", mintID, pepaytest.Envelope(204, "{}"), pepaytest.Always(), "204 has no body"},
		{"line break in Retry-After", mintID, pepaytest.StatusRetryAfter(503, "1\r\nx: y"), pepaytest.Always(), "Retry-After"},
		{"line break in a content type", mintID, pepaytest.ContentType("a\nb"), pepaytest.Always(), "Content-Type"},
		{"line break in a redirect", mintID, pepaytest.RedirectTo("/\n"), pepaytest.Always(), "Location"},
		{"empty redirect", mintID, pepaytest.RedirectTo(""), pepaytest.Always(), "RedirectTo"},
		{"no latency", mintID, pepaytest.Latency(0), pepaytest.Always(), "Latency(0s)"},
		{"negative size", mintID, pepaytest.Oversized(-1), pepaytest.Always(), "Oversized(-1)"},
		{"Next 0", mintID, ok, pepaytest.Next(0), "Next(0)"},
		{"Every -1", mintID, ok, pepaytest.Every(-1), "Every(-1)"},
	}
	s := pepaytest.NewServer(t)
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				text, _ := recover().(string)
				if !strings.Contains(text, tc.want) || !strings.HasPrefix(text, "pepaytest: ") {
					t.Errorf("panic %q, want it to say %q", text, tc.want)
				}
			}()
			s.Faults().On(tc.operation, tc.fault, tc.when)
		})
	}
}

func TestFaultsFromManyGoroutines(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	rule := s.Faults().On("*", pepaytest.Status(503), pepaytest.Next(10))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 10 {
				if _, err := post(t, s, ""); err != nil {
					t.Error(err)
				}
				s.Faults().On(mintID, pepaytest.Latency(time.Nanosecond), pepaytest.Next(1)).Hits()
			}
		})
	}
	wg.Wait()
	if rule.Hits() != 10 {
		t.Errorf("%d hits", rule.Hits())
	}
}
