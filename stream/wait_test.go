package stream

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go/wrapper"
)

type roundTripFunc func(*http.Request) (*http.Response, error)

func (f roundTripFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// OnWait says how long a stream waits before it dials again, which attempt that is,
// and why.
func TestOnWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const refusals = 4
		dials := 0
		client, err := wrapper.New(wrapper.WithBaseURL("https://pepay.test"), wrapper.WithAPIKey("pk_1"), wrapper.WithHTTPClient(&http.Client{
			Transport: roundTripFunc(func(r *http.Request) (*http.Response, error) {
				status := http.StatusServiceUnavailable
				if dials++; dials > refusals {
					status = http.StatusNotFound // ends a stream that never was connected
				}
				return &http.Response{
					StatusCode: status, Header: http.Header{"Retry-After": {"5"}}, Request: r,
					Body: io.NopCloser(strings.NewReader("")), ProtoMajor: 1, ProtoMinor: 1,
				}, nil
			}),
		}))
		if err != nil {
			t.Fatal(err)
		}
		var states []State
		var waits []Wait
		var until time.Time
		s := Merchant(client, Options{Observer: Observer{
			OnState: func(state State, _ error) {
				if state == StateConnecting && len(waits) > 0 && !time.Now().Equal(until) {
					t.Errorf("attempt %d begins at %s, %s was said", len(waits)+1, time.Now(), until)
				}
				states = append(states, state)
			},
			OnWait: func(w Wait) {
				if last := states[len(states)-1]; last != StateWaiting {
					t.Errorf("it comes while the stream is %s", last)
				}
				until = time.Now().Add(w.Delay)
				waits = append(waits, w)
			},
		}})
		for _, err = range s.Events(context.Background()) {
		}
		if err == nil || len(waits) != refusals {
			t.Fatalf("%d waits before %v", len(waits), err)
		}
		for i, w := range waits {
			var answer *wrapper.Error
			if w.Attempt != i+2 || w.Delay < 5*time.Second || !errors.As(w.Err, &answer) || answer.RetryAfter != 5*time.Second {
				t.Errorf("wait %d is %+v", i, w)
			}
		}
		if n := slices.Index(states, StateLive); n >= 0 {
			t.Errorf("the states are %v", states)
		}
	})
}
