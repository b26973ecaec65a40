package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"golang.org/x/oauth2"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wstoken"
)

// A call of a contestant is so many reads, which take less time than a processor gives
// a program before it turns to another one.
const tokenReads = 64

// tokenRead takes one token and returns its value.
type tokenRead struct {
	name string
	read func(ctx context.Context) (string, error)
}

const cachedToken = "token"

// tokencache compares reading a token that is there and good for an hour, on all
// processors at once.
func tokencache(ctx context.Context, o options) ([]table, error) {
	var contestants []contestant
	for _, r := range tokenCaches() {
		contestants = append(contestants, contestant{r.name, r.run})
	}
	results, err := compare(ctx, inParallel, contestants, o)
	if err != nil {
		return nil, err
	}
	reads := uint64(tokenReads * runtime.GOMAXPROCS(0))
	for i := range results {
		results[i].nsPerOp /= tokenReads
		results[i].allocsPerOp /= reads
		results[i].bPerOp /= reads
	}
	const ours = 1
	return []table{timing("read a cached token on all processors at once, elapsed time (ratio to "+results[0].name+")", results,
		timeAtMost(results[ours], 1.2), allocsAtMost(results[ours], 0))}, nil
}

func (r tokenRead) run(ctx context.Context) error {
	for range tokenReads {
		if token, err := r.read(ctx); err != nil || token != cachedToken {
			return fmt.Errorf("got the token %q: %w", token, err)
		}
	}
	return nil
}

func tokenCaches() []tokenRead {
	expires := time.Now().Add(time.Hour)
	held := &atomic.Pointer[pepay.WSToken]{}
	held.Store(&pepay.WSToken{Token: cachedToken, ExpiresAt: pepay.Timestamp{Time: expires}})
	ours := wstoken.NewCache(wstoken.SourceFunc(func(context.Context) (*pepay.WSToken, error) { return held.Load(), nil }))
	reused := oauth2.ReuseTokenSource(nil, oauth2.StaticTokenSource(&oauth2.Token{AccessToken: cachedToken, Expiry: expires}))
	credentials := aws.NewCredentialsCache(aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "id", SecretAccessKey: cachedToken, CanExpire: true, Expires: expires}, nil
	}))
	return []tokenRead{
		{"atomic pointer + time.Now", func(context.Context) (string, error) {
			token := held.Load()
			if !time.Now().Before(token.ExpiresAt.Time) {
				return "", errors.New("expired")
			}
			return token.Token.Reveal(), nil
		}},
		{"pepay-go wstoken.Cache", func(ctx context.Context) (string, error) {
			token, err := ours.Token(ctx)
			if err != nil {
				return "", err
			}
			return token.Token.Reveal(), nil
		}},
		{"oauth2.ReuseTokenSource", func(context.Context) (string, error) {
			token, err := reused.Token()
			if err != nil {
				return "", err
			}
			return token.AccessToken, nil
		}},
		{"aws.CredentialsCache", func(ctx context.Context) (string, error) {
			token, err := credentials.Retrieve(ctx)
			return token.SecretAccessKey, err
		}},
	}
}
