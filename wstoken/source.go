package wstoken

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// Minter mints ws_tokens. [*wrapper.WSTokenService] is one.
type Minter interface {
	Mint(ctx context.Context, p wrapper.MintParams, opts ...wrapper.CallOption) (*pepay.WSToken, error)
}

// Source returns a token that is valid now. Implementations are safe for concurrent
// use. Callers do not change the token, because others may share it.
type Source interface {
	Token(ctx context.Context) (*pepay.WSToken, error)
}

// SourceFunc is a function that is a [Source].
type SourceFunc func(ctx context.Context) (*pepay.WSToken, error)

// Token calls f.
func (f SourceFunc) Token(ctx context.Context) (*pepay.WSToken, error) { return f(ctx) }

// NewSource mints a token with m for every call of Token; put a [Cache] around it
// to reuse them. Errors are those of [wrapper.WSTokenService.Mint].
//
// Where Pepay's clock and ours differ by 2 s or more, by the Date header of the
// answer, ExpiresAt is moved into our time, so that comparing it with time.Now is
// right. A Date that is more than a day, and more than p.TTL, before or after the end of
// the token is not Pepay's clock and changes nothing.
func NewSource(m Minter, p wrapper.MintParams) Source { return &minting{m, p} }

type minting struct {
	minter Minter
	params wrapper.MintParams
}

func (s *minting) Token(ctx context.Context) (*pepay.WSToken, error) {
	if s.minter == nil {
		return nil, errNoMinter
	}
	var resp *http.Response
	token, err := s.minter.Mint(ctx, s.params, wrapper.CaptureResponse(&resp))
	if err != nil || resp == nil || token == nil {
		return token, err
	}
	if skew := clockSkew(resp.Header, time.Now()); skew != 0 && s.mayLive(token.ExpiresAt.Sub(time.Now().Add(-skew))) {
		shifted := *token
		shifted.ExpiresAt = pepay.Timestamp{Time: token.ExpiresAt.Add(skew)}
		return &shifted, nil
	}
	return token, nil
}

// mayLive reports whether a token can have so much life left, or have expired so long
// ago. Between Pepay and us there are proxies, and some write a Date of 1970.
func (s *minting) mayLive(left time.Duration) bool {
	return left.Abs() <= max(24*time.Hour, s.params.TTL)+time.Minute
}

var errNoMinter = errors.New("wstoken: NewSource: the minter is nil")

// clockSkew is how far our clock is ahead of the one that wrote the Date header.
// The header has whole seconds and took a while to arrive, so a difference below two
// seconds is ignored, and one second is taken off a larger one: to renew a token a
// little early does no harm.
func clockSkew(header http.Header, now time.Time) time.Duration {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return 0
	}
	skew := now.Sub(date)
	if skew.Abs() < 2*time.Second {
		return 0
	}
	return skew - time.Second
}
