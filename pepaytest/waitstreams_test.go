package pepaytest_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// A test that waited for its streams misses no event, and knows when they are gone.
func TestWaitStreams(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	wait := func(n int) {
		t.Helper()
		if err := s.WaitStreams(ctx, n); err != nil {
			t.Fatal(err)
		}
	}
	wait(0)
	opened := make(chan *client, 2)
	go func() {
		opened <- openMerchant(t, s, "")
		opened <- openMerchant(t, s, "types=invoice.*")
	}()
	wait(2)
	ev := emit(s, pepay.EventInvoiceUpdated)
	first, second := <-opened, <-opened
	for _, c := range []*client{first, second} {
		if frame, err := c.frame(); err != nil || !strings.Contains(frame, ev.ID) {
			t.Errorf("%s, %v", frame, err)
		}
	}
	_ = first.CloseNow()
	wait(1)
	_ = second.CloseNow()
	wait(0)
}

func TestWaitStreamsInVain(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	openMerchant(t, s, "")
	if err := s.WaitStreams(t.Context(), -1); err == nil || err.Error() != "pepaytest: WaitStreams(-1): give at least 0" {
		t.Error(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.WaitStreams(ended, 1); err != nil {
		t.Errorf("it is open: %v", err)
	}
	if err := s.WaitStreams(ended, 2); !errors.Is(err, context.Canceled) || err.Error() != "pepaytest: WaitStreams(2): 1 open: context canceled" {
		t.Error(err)
	}
	waiting := make(chan error)
	go func() { waiting <- s.WaitStreams(t.Context(), 2) }()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-waiting; err == nil || err.Error() != "pepaytest: WaitStreams(2): the server is closed" {
		t.Error(err)
	}
	if err := s.WaitStreams(t.Context(), 0); err != nil {
		t.Error(err)
	}
}
