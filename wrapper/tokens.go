package wrapper

import (
	"context"
	"iter"
	"strconv"

	"github.com/pepaylabs/pepay-go"
)

// TokenService reads which tokens a merchant accepts, and blocks tokens. It is safe
// for concurrent use. It needs a merchant key or a bearer token.
//
// See https://docs-alpha.pepay.io/api-spec/merchant/tokens.
type TokenService struct{ client *Client }

// List returns all tokens that Pepay supports in a network environment, and whether
// the merchant accepts them; "" is the environment of the merchant. The tokens have
// no address, decimals and type here: [TokenService.Search] returns them. Pepay
// advises to keep the list for a while.
//
// The documentation of this operation is complete.
//
// Errors: [ErrInvalidRequest] for an environment that Pepay does not have.
//
// See https://docs-alpha.pepay.io/api-spec/endpoints/tokens-list.
func (s *TokenService) List(ctx context.Context, env pepay.NetworkEnvironment, opts ...CallOption) (*pepay.MerchantTokens, error) {
	return send(ctx, s.client, "listMerchantTokens", input{query: query{}.text("environment", string(env))}, opts, merchantTokensLacks)
}

func merchantTokensLacks(list *pepay.MerchantTokens) string {
	if list.Tokens == nil {
		return "tokens is missing"
	}
	return ""
}

// TokenSearchParams says which tokens to find. The zero value finds all of the
// merchant's environment.
type TokenSearchParams struct {
	Environment pepay.NetworkEnvironment // default: the merchant's
	// Limit is the size of a page, at most 200. Zero leaves it to Pepay, which
	// documents 50.
	Limit int
	// Offset is the number of tokens to leave out.
	Offset int
	// Search is part of a symbol, a name or an address, in capital or small letters.
	Search string
	// Network is one of Pepay's networks, such as "base". The constants of
	// [pepay.Network] list them.
	Network string
	// TokenType is the kind of token, such as "erc20". The constants of
	// [pepay.TokenType] list them.
	TokenType string
	// IsActive, SupportsStableSettlement and Blocked leave out tokens that are not
	// so; nil does not filter. Blocked is for merchants with the policy selective:
	// under accept_all no token is blocked, under accept_none every token is.
	IsActive, SupportsStableSettlement, Blocked *bool
}

// maxTokensPerPage is the documented limit of a page.
const maxTokensPerPage = 200

func (p TokenSearchParams) query() query {
	return query{}.
		require(p.Limit <= maxTokensPerPage, "TokenSearchParams.Limit", "is more than 200").
		text("environment", string(p.Environment)).
		number("limit", "TokenSearchParams.Limit", p.Limit).
		number("offset", "TokenSearchParams.Offset", p.Offset).
		text("search", p.Search).
		text("network", p.Network).
		text("token_type", p.TokenType).
		flag("is_active", p.IsActive).
		flag("supports_stable_settlement", p.SupportsStableSettlement).
		flag("blocked", p.Blocked)
}

// Search returns a page of the tokens that match. Total is how many there are on
// all pages.
//
// The documentation of this operation is complete.
//
// Errors: [ErrInvalidArgument] for a limit or an offset that cannot be sent,
// [ErrInvalidRequest] for a filter that Pepay does not accept.
//
// See https://docs-alpha.pepay.io/api-reference/token-management/list-supported-tokens-with-pagination-and-filters.
func (s *TokenService) Search(ctx context.Context, p TokenSearchParams, opts ...CallOption) (*pepay.MerchantTokenPage, error) {
	return send(ctx, s.client, "searchMerchantTokens", input{query: p.query()}, opts, merchantTokenPageLacks)
}

func merchantTokenPageLacks(page *pepay.MerchantTokenPage) string {
	if page.Tokens == nil {
		return "tokens is missing"
	}
	return ""
}

// SearchAll goes through the tokens that match, from p.Offset on, and asks for a
// page when it is needed. An error is the last thing it yields. Tokens that Pepay
// adds or removes meanwhile may be left out or come twice, because pages are
// counted.
func (s *TokenService) SearchAll(ctx context.Context, p TokenSearchParams, opts ...CallOption) iter.Seq2[*pepay.MerchantToken, error] {
	return offsets("searchMerchantTokens", p.Offset, func(offset int) (*pepay.MerchantTokenPage, error) {
		page := p
		page.Offset = offset
		return s.Search(ctx, page, opts...)
	}, openTokens)
}

func openTokens(page *pepay.MerchantTokenPage) (tokens []pepay.MerchantToken, limit int) {
	return page.Tokens, int(page.Limit)
}

// SetBlocked blocks a token, so that invoices cannot be paid with it any more, or
// accepts it again. tokenID is the ID of a [pepay.MerchantToken].
//
// The documentation of this operation is complete.
//
// Errors: [ErrInvalidArgument] for an id that is not positive, [ErrInvalidRequest]
// for one that Pepay does not have.
//
// See https://docs-alpha.pepay.io/api-reference/token-management/block-or-unblock-a-specific-token.
func (s *TokenService) SetBlocked(ctx context.Context, tokenID int64, blocked bool, opts ...CallOption) error {
	return acknowledge(ctx, s.client, "blockMerchantToken", tokenBlock(tokenID, blocked), opts)
}

func tokenBlock(tokenID int64, blocked bool) input {
	if tokenID <= 0 {
		return input{err: invalid("tokenID", "is not positive; the ID of a token from List or Search is")}
	}
	return input{path: []string{strconv.FormatInt(tokenID, 10)}, body: pepay.BlockTokenRequest{Blocked: &blocked}}
}
