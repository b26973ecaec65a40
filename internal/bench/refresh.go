package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"golang.org/x/oauth2"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wstoken"
)

const (
	refreshCallers  = 100
	refreshPatience = 20 * time.Millisecond // a caller's context
	refreshFails    = 50 * time.Millisecond // after so long
	// The time that a machine needs to wake a hundred goroutines whose deadline has passed.
	refreshSlack = 30 * time.Millisecond
)

// refresher asks for a token where there is none and minting fails.
type refresher struct {
	name string
	// fresh makes a cache without a token.
	fresh func(mint func() error) func(context.Context) error
}

// refresh compares many callers at a time when a token cannot be renewed: how often
// Pepay is asked, and how long a caller waits.
func refresh(ctx context.Context, o options) ([]table, error) {
	measure := refresher.measure
	if o.shape {
		measure = func(refresher, context.Context) (int64, time.Duration, time.Duration, error) { return 0, 0, 0, nil }
	}
	t := table{
		title: fmt.Sprintf("%d callers with a context of %s, and minting fails after %s",
			refreshCallers, refreshPatience, refreshFails),
		columns: []string{"", "mints", "fastest", "slowest"},
	}
	for i, r := range refreshers() {
		mints, fastest, slowest, err := measure(r, ctx)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.name, err)
		}
		t.lines = append(t.lines, []string{r.name, fmt.Sprint(mints), milliseconds(fastest), milliseconds(slowest)})
		if i == 0 {
			t.bars = []bar{
				{r.name + ", mints", "1", fmt.Sprint(mints), mints == 1},
				{r.name + ", slowest caller", "≤ " + milliseconds(refreshPatience) + " and the time to wake", milliseconds(slowest), slowest <= refreshPatience+refreshSlack},
			}
		}
	}
	return []table{t}, nil
}

func milliseconds(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) }

// measure lets all callers go at once and waits for the last one.
func (r refresher) measure(ctx context.Context) (mints int64, fastest, slowest time.Duration, err error) {
	var asked atomic.Int64
	get := r.fresh(func() error {
		asked.Add(1)
		timer := time.NewTimer(refreshFails)
		defer timer.Stop()
		<-timer.C
		return errors.New("no token")
	})
	took := make([]time.Duration, refreshCallers)
	var served atomic.Int64
	var ready, callers sync.WaitGroup
	ready.Add(refreshCallers)
	begin := make(chan struct{})
	for i := range took {
		callers.Go(func() {
			ready.Done()
			<-begin
			mine, cancel := context.WithTimeout(ctx, refreshPatience)
			defer cancel()
			started := time.Now()
			if get(mine) == nil {
				served.Add(1)
			}
			took[i] = time.Since(started)
		})
	}
	ready.Wait()
	close(begin)
	callers.Wait()
	fastest = took[0]
	for _, d := range took {
		fastest, slowest = min(fastest, d), max(slowest, d)
	}
	if n := served.Load(); n > 0 {
		err = fmt.Errorf("%d callers got a token that does not exist", n)
	}
	return asked.Load(), fastest, slowest, errors.Join(err, ctx.Err())
}

func refreshers() []refresher {
	return []refresher{
		{"pepay-go wstoken.Cache", func(mint func() error) func(context.Context) error {
			cache := wstoken.NewCache(wstoken.SourceFunc(func(context.Context) (*pepay.WSToken, error) { return nil, mint() }))
			return func(ctx context.Context) error {
				_, err := cache.Token(ctx)
				return err
			}
		}},
		{"aws.CredentialsCache", func(mint func() error) func(context.Context) error {
			cache := aws.NewCredentialsCache(aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{}, mint()
			}))
			return func(ctx context.Context) error {
				_, err := cache.Retrieve(ctx)
				return err
			}
		}},
		{"oauth2.ReuseTokenSource", func(mint func() error) func(context.Context) error {
			source := oauth2.ReuseTokenSource(nil, failing(mint))
			return func(context.Context) error { // it takes none
				_, err := source.Token()
				return err
			}
		}},
	}
}

type failing func() error

func (f failing) Token() (*oauth2.Token, error) { return nil, f() }
