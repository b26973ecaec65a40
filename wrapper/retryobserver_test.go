package wrapper

import (
	"errors"
	"net/http"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// The observer learns of each retry before the wait for it, and of nothing else.
func TestRetryObserver(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers []int // 0: the connection breaks
		want    []Retry
	}{
		"a success":               {answers: []int{200}},
		"a failure for good":      {answers: []int{400}},
		"one retry":               {answers: []int{503, 200}, want: []Retry{{Attempt: 2, StatusCode: 503}}},
		"no answer":               {answers: []int{0, 200}, want: []Retry{{Attempt: 2}}},
		"nothing after giving up": {answers: []int{429, 500, 502}, want: []Retry{{Attempt: 2, StatusCode: 429}, {Attempt: 3, StatusCode: 500}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var got []Retry
				var next time.Time
				sent := 0
				client := newTestClient(t, func(*http.Request) (*http.Response, error) {
					if sent++; sent > 1 && !time.Now().Equal(next) {
						t.Errorf("attempt %d begins at %s, %s was said", sent, time.Now(), next)
					}
					status := c.answers[sent-1]
					if status == 0 {
						return nil, syscall.ECONNRESET
					}
					return respond(status, `{"data":{"token":"t","expires_at":1}}`), nil
				}, WithAPIKey("pk_1"), WithRetry(DefaultRetry()), WithRetryObserver(func(r Retry) {
					next = time.Now().Add(r.Delay)
					r.Delay = 0
					got = append(got, r)
				}))
				_, err := client.WSTokens.Mint(t.Context(), MintParams{})
				if last := c.answers[len(c.answers)-1]; (err == nil) != (last == 200) || sent != len(c.answers) {
					t.Errorf("%d attempts, then %v", sent, err)
				}
				for i := range c.want {
					c.want[i].Operation, c.want[i].Of = "mintWsToken", 3
				}
				if !slices.Equal(got, c.want) {
					t.Errorf("told of %+v, want %+v", got, c.want)
				}
			})
		})
	}
	if _, err := New(WithRetryObserver(nil)); !errors.Is(err, ErrInvalidArgument) {
		t.Errorf("a nil function: %v", err)
	}
}
