package pepaytest_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// A stream ends with its token, to the second; one with a key does not end.
func TestStreamsCloseWhenTheirTokenExpires(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s *pepaytest.Server) {
		began := time.Now()
		minted := open(t, s, merchantPath+"?token="+mintFor(t, s, s.APIKey()))
		payor := open(t, s, paymentPath+"?token="+s.PaymentToken("inv_1", 90*time.Second).Reveal())
		keyed := openMerchant(t, s, "")
		minted.want(emitN(s, 1)...)
		keyed.next()
		for _, c := range []struct {
			*client
			life time.Duration
		}{{minted, time.Minute}, {payor, 90 * time.Second}} {
			_, _, err := c.Read(t.Context())
			var closed websocket.CloseError
			if !asClose(err, &closed) || closed.Code != websocket.StatusPolicyViolation || closed.Reason != "token expired" {
				t.Errorf("%v", err)
			}
			if lived := time.Since(began); lived != c.life {
				t.Errorf("closed after %v, want %v", lived, c.life)
			}
		}
		time.Sleep(24 * time.Hour)
		keyed.want(emitN(s, 1)...)
	}, pepaytest.WithCloseOnExpiry())
}

func TestStreamsOutliveTheirTokenByDefault(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s *pepaytest.Server) {
		c := open(t, s, merchantPath+"?token="+mintFor(t, s, s.APIKey()))
		time.Sleep(time.Hour)
		c.want(emitN(s, 1)...)
	})
}

// A clock that is set by hand is followed as well, within its interval.
func TestExpiryByAnotherClock(t *testing.T) {
	t.Parallel()
	now := newClock(fixedClock())
	bubble(t, func(t *testing.T, s *pepaytest.Server) {
		c := open(t, s, merchantPath+"?token="+mintFor(t, s, s.APIKey()))
		time.Sleep(time.Hour) // by the other clock no time has passed
		c.want(emitN(s, 1)...)
		now.set(fixedClock().Add(time.Minute))
		began := time.Now()
		c.wantClose(websocket.StatusPolicyViolation)
		if took := time.Since(began); took > 100*time.Millisecond {
			t.Errorf("noticed after %v", took)
		}
	}, pepaytest.WithCloseOnExpiry(), pepaytest.WithClock(now.get))
}

// A client that does not read cannot keep its stream open beyond the token's life.
func TestExpiryOfAStuckStream(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s *pepaytest.Server) {
		c := open(t, s, merchantPath+"?token="+mintFor(t, s, s.APIKey()))
		emitN(s, 1000)
		synctest.Wait() // the server is stuck in a write
		time.Sleep(2 * time.Minute)
		if got := openStreams(t, s); len(got) != 0 {
			t.Errorf("still open: %v", got)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, _, err := c.Read(ctx); err == nil || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("read: %v", err)
		}
	}, pepaytest.WithCloseOnExpiry())
}

// The token's life is counted from when it was made, not from the upgrade.
func TestALateUpgradeEndsInTime(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s *pepaytest.Server) {
		began := time.Now()
		token := mintFor(t, s, s.CommerceAPIKey())
		time.Sleep(59 * time.Second)
		c := open(t, s, commercePath+"?token="+token)
		c.want(emit(s, pepay.EventCommerceOrderUpdated))
		c.wantClose(websocket.StatusPolicyViolation)
		if lived := time.Since(began); lived != time.Minute {
			t.Errorf("closed after %v", lived)
		}
	}, pepaytest.WithCloseOnExpiry())
}
