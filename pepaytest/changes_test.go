package pepaytest_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

type changeLine struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
	Seq  int64  `json:"seq"`
}

// changeFeed is a reader of the changes.
type changeFeed struct {
	t    *testing.T
	body io.ReadCloser
	line *bufio.Scanner
}

func followChanges(ctx context.Context, t *testing.T, s *pepaytest.Server) *changeFeed {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL()+"/_pepaytest/changes", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("x-pepaytest-token", consoleToken)
	resp, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	if resp.StatusCode != http.StatusOK || !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/x-ndjson") || resp.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v", resp.StatusCode, resp.Header)
	}
	return &changeFeed{t, resp.Body, bufio.NewScanner(resp.Body)}
}

func (f *changeFeed) next() changeLine {
	f.t.Helper()
	if !f.line.Scan() {
		f.t.Fatalf("the changes ended: %v", f.line.Err())
	}
	var ch changeLine
	if err := json.Unmarshal(f.line.Bytes(), &ch); err != nil {
		f.t.Fatalf("%q: %v", f.line.Text(), err)
	}
	return ch
}

// until reads up to the last of the changes that are given, in any order.
func (f *changeFeed) until(want ...string) {
	f.t.Helper()
	for left := len(want); left > 0; {
		ch := f.next()
		if i := slices.Index(want, ch.Kind+" "+ch.ID); i >= 0 {
			want = slices.Delete(slices.Clone(want), i, i+1)
			left--
		}
	}
}

func TestChanges(t *testing.T) {
	t.Parallel()
	s := newConsole(t)
	feed := followChanges(t.Context(), t, s)
	if hello := feed.next(); hello != (changeLine{"hello", "", 0}) {
		t.Errorf("first %+v", hello)
	}
	invoice := createInvoice(t, s, `{"amount_usd":10}`, aUUID)
	feed.until("request 1", "event "+s.Events()[0].ID, "invoice "+invoice.ID)
	s.EmitRaw(json.RawMessage(`{"id":"evt_1-9","type":"commerce.order.updated","data":{"object":{"object":"commerce_order","orderId":"order_1"}}}`))
	feed.until("event evt_1-9", "order order_1")
}

func TestChangesEndWithTheServer(t *testing.T) {
	t.Parallel()
	s := newConsole(t)
	feed := followChanges(t.Context(), t, s)
	feed.next()
	done := make(chan error)
	go func() { done <- s.Close() }()
	if feed.line.Scan() {
		t.Errorf("%q", feed.line.Text())
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// A reader that has gone leaves its place to others.
func TestChangesEndWithTheReader(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s *pepaytest.Server) {
		for range 3 {
			ctx, cancel := context.WithCancel(t.Context())
			for range 100 {
				followChanges(ctx, t, s).next()
			}
			wantError(t, control(t, s, http.MethodGet, "changes", ""), http.StatusServiceUnavailable, "TOO_MANY_READERS")
			cancel()
			synctest.Wait()
		}
	}, pepaytest.WithConsole(consoleToken, http.NotFoundHandler()))
}

// A reader that does not read costs a bounded amount of memory, and is told that it missed
// something.
func TestChangesOfASlowReader(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s *pepaytest.Server) {
		feed := followChanges(t.Context(), t, s)
		feed.next()
		synctest.Wait()
		emitN(s, 5_000) // the connection takes some of it
		synctest.Wait()
		lost := 0
		for last := int64(0); last < 5_000; {
			ch := feed.next()
			if ch.Kind == "lost" {
				lost++
			}
			if ch.Seq <= last {
				t.Fatalf("%+v after %d", ch, last)
			}
			last = ch.Seq
		}
		if lost == 0 {
			t.Error("nothing was lost")
		}
	}, pepaytest.WithConsole(consoleToken, http.NotFoundHandler()))
}
