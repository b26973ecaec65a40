package wrapper

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

type word string

type thing struct{ status word }

func (t *thing) Status() word { return t.status }

// questions answers one question after the other, the last one for ever, and notes
// when each was asked.
type questions struct {
	answers []any // a status, an error, or a function that is called first
	began   time.Time
	at      []time.Duration
}

func (q *questions) ask(ctx context.Context) (*thing, error) {
	q.at = append(q.at, time.Since(q.began))
	answer := q.answers[min(len(q.at), len(q.answers))-1]
	if f, ok := answer.(func() any); ok {
		answer = f()
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err, ok := answer.(error); ok {
		return nil, err
	}
	return &thing{word(answer.(string))}, nil
}

func busy(status int, after time.Duration) error {
	return fmt.Errorf("wrapped: %w", &Error{StatusCode: status, RetryAfter: after, cause: errAnswer})
}

func TestWait(t *testing.T) {
	t.Parallel()
	broken := &Error{StatusCode: 500, cause: errAnswer}
	for name, c := range map[string]struct {
		answers []any
		wanted  []word
		limit   time.Duration // of the context; 0: none
		last    word          // "" for none
		is      []error
		asked   int
	}{
		"the first answer is it":         {answers: []any{"paid"}, wanted: []word{"paid"}, last: "paid", asked: 1},
		"one of several":                 {answers: []any{"new", "half"}, wanted: []word{"paid", "half"}, last: "half", asked: 2},
		"none named: the first final":    {answers: []any{"new", "half", "dead"}, last: "dead", asked: 3},
		"final, not named":               {answers: []any{"new", "dead"}, wanted: []word{"paid"}, last: "dead", is: []error{ErrWontHappen}, asked: 2},
		"a status nobody knows":          {answers: []any{"odd", "paid"}, last: "paid", asked: 2},
		"429, then it":                   {answers: []any{"new", busy(429, 0), "paid"}, last: "paid", asked: 3},
		"503 first, then it":             {answers: []any{busy(503, 0), "paid"}, last: "paid", asked: 2},
		"another error":                  {answers: []any{"new", broken, "paid"}, last: "new", is: []error{ErrServer}, asked: 2},
		"an error at once":               {answers: []any{broken}, is: []error{ErrServer}, asked: 1},
		"the deadline":                   {answers: []any{"new"}, limit: 3 * time.Second, last: "new", is: []error{context.DeadlineExceeded}, asked: 2},
		"the deadline before a question": {answers: []any{"new"}, limit: -time.Second, is: []error{context.DeadlineExceeded}, asked: 1},
		"Retry-After beyond the deadline": {
			answers: []any{"new", busy(429, time.Minute)}, limit: 20 * time.Second,
			last: "new", is: []error{context.DeadlineExceeded, ErrRateLimited}, asked: 2,
		},
		"an empty status": {answers: []any{"new"}, wanted: []word{""}, is: []error{ErrInvalidArgument}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx := t.Context()
				if c.limit != 0 {
					limited, cancel := context.WithTimeout(ctx, c.limit)
					defer cancel()
					ctx = limited
				}
				q := &questions{answers: c.answers, began: time.Now()}
				got, err := waitFor(ctx, Wait{}, q.ask, (*thing).Status, c.wanted, []word{"paid", "dead"})
				if c.last == "" && got != nil || c.last != "" && (got == nil || got.status != c.last) {
					t.Errorf("last state %v, want %q", got, c.last)
				}
				if (err == nil) != (c.is == nil) || slices.ContainsFunc(c.is, func(want error) bool { return !errors.Is(err, want) }) {
					t.Errorf("error %v, want %v", err, c.is)
				}
				if len(q.at) != c.asked && c.limit <= 0 || len(q.at) < c.asked {
					t.Errorf("asked %d times, want %d", len(q.at), c.asked)
				}
				if c.limit > 0 && time.Since(q.began) >= c.limit {
					t.Errorf("ended after %s, want a pause beyond %s not to begin", time.Since(q.began), c.limit)
				}
			})
		})
	}
}

// Pauses grow from the base to the cap and are not all alike.
func TestWaitPauses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		wait Wait
		want []time.Duration // the longest
	}{
		"zero":           {Wait{}, []time.Duration{2 * time.Second, 4 * time.Second, 8 * time.Second, 15 * time.Second, 15 * time.Second}},
		"a short cap":    {Wait{MaxInterval: time.Second}, []time.Duration{time.Second, time.Second}},
		"a long base":    {Wait{Interval: time.Minute}, []time.Duration{time.Minute, time.Minute}},
		"both":           {Wait{Interval: time.Second, MaxInterval: 3 * time.Second}, []time.Duration{time.Second, 2 * time.Second, 3 * time.Second}},
		"one nanosecond": {Wait{Interval: 1, MaxInterval: 1}, []time.Duration{1, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				answers := slices.Repeat([]any{"new"}, len(c.want))
				pauses := map[time.Duration]bool{}
				for range 20 {
					q := &questions{answers: append(answers, "paid"), began: time.Now()}
					if _, err := waitFor(t.Context(), c.wait, q.ask, (*thing).Status, nil, []word{"paid"}); err != nil {
						t.Fatal(err)
					}
					for i, longest := range c.want {
						pause := q.at[i+1] - q.at[i]
						pauses[pause] = true
						if pause > longest || pause < longest/2 {
							t.Errorf("pause %d is %s, want %s to %s", i, pause, longest/2, longest)
						}
					}
				}
				if len(pauses) == 1 && c.wait.Interval != 1 {
					t.Error("all pauses are the same")
				}
			})
		})
	}
}

func TestWaitHeedsRetryAfter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := &questions{answers: []any{busy(429, 90*time.Second), busy(503, time.Millisecond), "paid"}, began: time.Now()}
		if _, err := waitFor(t.Context(), Wait{}, q.ask, (*thing).Status, nil, []word{"paid"}); err != nil {
			t.Fatal(err)
		}
		if first := q.at[1]; first != 90*time.Second {
			t.Errorf("asked again after %s, want Retry-After", first)
		}
		if second := q.at[2] - q.at[1]; second < 2*time.Second {
			t.Errorf("asked again after %s, although the pause had grown", second)
		}
	})
}

// A wait that is cancelled in a pause ends at once, with what it saw, and so does
// one that is cancelled while a question is on its way.
func TestWaitCancelled(t *testing.T) {
	t.Parallel()
	reason := errors.New("the page was left")
	for name, c := range map[string]struct {
		when time.Duration
		last any
		is   []error
	}{
		"in a pause":          {100 * time.Millisecond, "new", []error{context.Canceled, reason}},
		"after a 429":         {100 * time.Millisecond, busy(429, 0), []error{context.Canceled, reason, ErrRateLimited}},
		"during the question": {0, nil, []error{context.Canceled}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				q := &questions{answers: []any{"new", c.last}, began: time.Now()}
				q.answers[1] = func() any {
					if c.when == 0 {
						cancel(reason)
						return "gone"
					}
					time.AfterFunc(c.when, func() { cancel(reason) })
					return c.last
				}
				got, err := waitFor(ctx, Wait{}, q.ask, (*thing).Status, nil, []word{"paid"})
				if got == nil || got.status != "new" {
					t.Errorf("last state %v", got)
				}
				for _, want := range c.is {
					if !errors.Is(err, want) {
						t.Errorf("error %v is not %v", err, want)
					}
				}
				if ended := time.Since(q.began) - q.at[1]; ended != c.when {
					t.Errorf("ended %s after the last question, want %s", ended, c.when)
				}
			})
		})
	}
}

func TestWaitRefusesImpossibleIntervals(t *testing.T) {
	t.Parallel()
	for field, w := range map[string]Wait{
		"Wait.Interval":    {Interval: -1},
		"Wait.MaxInterval": {MaxInterval: -1},
		"Wait.MaxInterval: is shorter than Wait.Interval": {Interval: 2, MaxInterval: 1},
	} {
		q := &questions{answers: []any{"paid"}}
		got, err := waitFor(t.Context(), w, q.ask, (*thing).Status, nil, []word{"paid"})
		if got != nil || !errors.Is(err, ErrInvalidArgument) || !strings.Contains(err.Error(), field) || len(q.at) > 0 {
			t.Errorf("%+v: %v, %v, asked %d times", w, got, err, len(q.at))
		}
	}
}

// The words of ErrWontHappen say what came and what was waited for.
func TestWontHappenSaysWhatCame(t *testing.T) {
	t.Parallel()
	q := &questions{answers: []any{"de\nad"}}
	_, err := waitFor(t.Context(), Wait{}, q.ask, (*thing).Status, []word{"paid", "half"}, []word{"de\nad"})
	if err == nil || !strings.Contains(err.Error(), "de ad") || !strings.Contains(err.Error(), "paid or half") {
		t.Errorf("got %v", err)
	}
}

// A wait over a real chain goes on after a 503 whose retries are used up.
func TestWaitOverTheChain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		client := newTestClient(t, func(*http.Request) (*http.Response, error) {
			if sent++; sent <= 3 {
				return respond(http.StatusServiceUnavailable, `{"error":"busy"}`, "Retry-After", "7"), nil
			}
			return respond(http.StatusOK, `{"success":true,"data":{"id":"evt_1","type":"paid"}}`), nil
		})
		type event struct{ ID, Type string }
		got, err := waitFor(t.Context(), Wait{}, func(ctx context.Context) (*event, error) {
			return send[event](ctx, client, "getEvent", input{path: []string{"evt_1"}}, nil, nil)
		}, func(ev *event) word { return word(ev.Type) }, nil, []word{"paid"})
		if err != nil || got.Type != "paid" || sent != 4 {
			t.Errorf("got %v, %v after %d requests", got, err, sent)
		}
	})
	var none context.Context
	client := newTestClient(t, nil)
	_, err := waitFor(none, Wait{}, func(ctx context.Context) (*thing, error) {
		return send[thing](ctx, client, "getEvent", input{path: []string{"evt_1"}}, nil, nil)
	}, (*thing).Status, nil, []word{"paid"})
	if !errors.Is(err, ErrInvalidArgument) {
		t.Errorf("nil context: %v", err)
	}
}
