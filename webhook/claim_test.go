package webhook

import (
	"context"
	"errors"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// scripted answers as told and records who asked for what, one delivery at a time.
type scripted struct {
	claims  []any // Claim or error, one for each call
	commits []error
	calls   []string
	holders []string
	ended   []error // contexts that were cancelled
}

func (s *scripted) note(ctx context.Context, call, holder string) {
	s.calls = append(s.calls, call)
	if !slices.Contains(s.holders, holder) {
		s.holders = append(s.holders, holder)
	}
	if call != "claim" && ctx.Err() != nil {
		s.ended = append(s.ended, ctx.Err())
	}
}

func (s *scripted) Claim(ctx context.Context, _, holder string) (Claim, error) {
	s.note(ctx, "claim", holder)
	if len(s.claims) == 0 {
		return Claimed, nil
	}
	answer := s.claims[0]
	s.claims = s.claims[1:]
	if err, ok := answer.(error); ok {
		return 0, err
	}
	return answer.(Claim), nil
}

func (s *scripted) Commit(ctx context.Context, _, holder string) (err error) {
	s.note(ctx, "commit", holder)
	if len(s.commits) > 0 {
		err, s.commits = s.commits[0], s.commits[1:]
	}
	return err
}

func (s *scripted) Release(ctx context.Context, _, holder string) error {
	s.note(ctx, "release", holder)
	return nil
}

// What each delivery asks of the deduper, under one holder of its own.
func TestClaimsOfADelivery(t *testing.T) {
	t.Parallel()
	lost := errors.New("the answer was lost")
	for _, c := range []struct {
		name   string
		script scripted
		fn     error
		status int
		ran    bool
		calls  string
	}{
		{"handled", scripted{}, nil, 200, true, "claim commit"},
		{"handled before", scripted{claims: []any{Done}}, nil, 200, false, "claim"},
		{"in progress", scripted{claims: []any{InProgress}}, nil, 503, false, "claim"},
		{"fn fails", scripted{}, errors.New("no"), 500, true, "claim release"},
		{"the answer to the claim was lost", scripted{claims: []any{lost, Claimed}}, nil, 200, true, "claim claim commit"},
		{"the claim fails twice", scripted{claims: []any{lost, lost}}, nil, 503, false, "claim claim release"},
		{"handled before, by the second answer", scripted{claims: []any{lost, Done}}, nil, 200, false, "claim claim"},
		{"an unknown claim", scripted{claims: []any{Claim(9)}}, nil, 503, false, "claim release"},
		{"the answer to the commit was lost", scripted{commits: []error{lost, nil}}, nil, 200, true, "claim commit commit"},
		{"the commit fails twice", scripted{commits: []error{lost, lost}}, nil, 503, true, "claim commit commit"},
		{"the claim was lost", scripted{commits: []error{ErrClaimLost}}, nil, 503, true, "claim commit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ran := false
			h := verifier(t, current).Handler(func(context.Context, *pepay.Event) error { ran = true; return c.fn }, WithDeduper(&c.script))
			w := deliver(h, "POST", body, Sign(current, at, []byte(body)))
			if w.Code != c.status || ran != c.ran || strings.Join(c.script.calls, " ") != c.calls {
				t.Errorf("answered %d, ran %t, calls %q; want %d, %t, %q", w.Code, ran, c.script.calls, c.status, c.ran, c.calls)
			}
			if len(c.script.holders) != 1 || len(c.script.holders[0]) < 20 {
				t.Errorf("holders %q, want one that cannot be guessed", c.script.holders)
			}
		})
	}
}

func TestEachDeliveryHasAHolderOfItsOwn(t *testing.T) {
	t.Parallel()
	s := &scripted{}
	h := verifier(t, current).Handler(func(context.Context, *pepay.Event) error { return nil }, WithDeduper(s))
	for range 3 {
		deliver(h, "POST", body, Sign(current, at, []byte(body)))
	}
	if len(s.holders) != 3 {
		t.Errorf("holders %q", s.holders)
	}
}

// A sender that hangs up cancels the request's context, not the commit or the
// release.
func TestSenderThatHangsUp(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		script scripted
		fn     error
		calls  string
	}{
		{"before the commit", scripted{}, nil, "claim commit"},
		{"before the release", scripted{}, errors.New("no"), "claim release"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			h := verifier(t, current).Handler(func(context.Context, *pepay.Event) error { cancel(); return c.fn }, WithDeduper(&c.script))
			r := httptest.NewRequest("POST", "/", strings.NewReader(body)).WithContext(ctx)
			r.Header = Sign(current, at, []byte(body))
			h.ServeHTTP(httptest.NewRecorder(), r)
			if strings.Join(c.script.calls, " ") != c.calls || c.script.ended != nil {
				t.Errorf("calls %q, with contexts that ended: %v", c.script.calls, c.script.ended)
			}
		})
	}
}

// A function that ends its goroutine, as t.FailNow does, leaves no claim behind.
func TestFunctionThatEndsItsGoroutine(t *testing.T) {
	t.Parallel()
	s := &scripted{}
	h := verifier(t, current).Handler(func(context.Context, *pepay.Event) error { runtime.Goexit(); return nil }, WithDeduper(s))
	done := make(chan struct{})
	go func() {
		defer close(done)
		deliver(h, "POST", body, Sign(current, at, []byte(body)))
	}()
	<-done
	if strings.Join(s.calls, " ") != "claim release" {
		t.Errorf("calls %q", s.calls)
	}
}

// A handler that takes longer than its lease loses the event to another delivery.
// It must not acknowledge what that one may still fail to handle.
func TestClaimThatWasLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var calls int
		var mu sync.Mutex
		h := verifier(t, current).Handler(func(context.Context, *pepay.Event) error {
			mu.Lock()
			calls++
			first := calls == 1
			mu.Unlock()
			if first {
				time.Sleep(memoryLease + time.Minute)
				return nil
			}
			time.Sleep(2 * time.Minute)
			return errors.New("no")
		})
		signed := Sign(current, at, []byte(body))
		var slow, second int
		var wg sync.WaitGroup
		wg.Go(func() { slow = deliver(h, "POST", body, signed).Code })
		time.Sleep(memoryLease)
		wg.Go(func() { second = deliver(h, "POST", body, signed).Code })
		wg.Wait()
		if slow != 503 || second != 500 {
			t.Errorf("answered %d and %d, want 503 and 500", slow, second)
		}
	})
}
