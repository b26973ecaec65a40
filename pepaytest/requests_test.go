package pepaytest_test

import (
	"fmt"
	"net/http"
	"reflect"
	"sync"
	"testing"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

func TestRequestsAreRecorded(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	mint(t, s, `{"ttl_seconds":5}`)
	if _, err := request(t, s, http.MethodGet, "/else/wh%20ere?a=1&a=2", ""); err != nil {
		t.Fatal(err)
	}
	s.Faults().On(mintID, pepaytest.ResetBefore(), pepaytest.Next(1))
	if _, err := post(t, s, ""); err == nil {
		t.Fatal("no reset")
	}
	s.Faults().On(mintID, pepaytest.ResetMidBody(), pepaytest.Next(1))
	if _, err := post(t, s, "", "x-api-key", s.APIKey()); err == nil {
		t.Fatal("no reset")
	}

	type row struct {
		operation, method, path, query, key, body string
		status                                    int
	}
	var got []row
	for _, r := range s.Requests() {
		got = append(got, row{r.Operation, r.Method, r.Path, r.Query.Encode(), r.Header.Get("x-api-key"), string(r.Body), r.Status})
	}
	want := []row{
		{mintID, "POST", mintPath, "", s.APIKey(), `{"ttl_seconds":5}`, 200},
		{"", "GET", "/else/wh ere", "a=1&a=2", "", "", 404},
		{mintID, "POST", mintPath, "", "", "", 0},
		{mintID, "POST", mintPath, "", s.APIKey(), "", 0},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestRequestsAreCopies(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	if _, err := request(t, s, http.MethodPost, mintPath+"?q=1", "{}", "x-api-key", "k"); err != nil {
		t.Fatal(err)
	}
	first := s.Requests()
	first[0].Path, first[0].Body[0], first[0].Query["q"][0] = "changed", 'x', "changed"
	first[0].Header.Set("x-api-key", "changed")
	second := s.Requests()[0]
	if second.Path != mintPath || string(second.Body) != "{}" || second.Query.Get("q") != "1" || second.Header.Get("x-api-key") != "k" {
		t.Errorf("the record has changed: %+v", second)
	}
}

func TestRequestIDsAreCounted(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	for i := 1; i <= 3; i++ {
		if got, want := mint(t, s, "").header.Get("x-request-id"), fmt.Sprintf("req_%d", i); got != want {
			t.Errorf("x-request-id %q, want %q", got, want)
		}
	}
	r, err := request(t, s, http.MethodGet, "/nowhere", "")
	if err != nil || r.header.Get("x-request-id") != "req_4" {
		t.Errorf("x-request-id %q of a 404, %v", r.header.Get("x-request-id"), err)
	}
}

// A request is recorded, with its status, before its answer arrives; its id is its place.
func TestRequestsWhileServing(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				r, err := post(t, s, "", "x-api-key", s.APIKey())
				if err != nil {
					t.Error(err)
					return
				}
				var number int
				if _, err := fmt.Sscanf(r.header.Get("x-request-id"), "req_%d", &number); err != nil {
					t.Error(err)
					return
				}
				if got := s.Requests()[number-1].Status; got != http.StatusOK {
					t.Errorf("request %d has status %d", number, got)
				}
			}
		})
	}
	wg.Wait()
	if got := len(s.Requests()); got != 160 {
		t.Errorf("%d requests", got)
	}
}
