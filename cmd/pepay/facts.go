package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
)

// tokenJSON is a ws_token as --json prints it. What Pepay left out is null.
type tokenJSON struct {
	Token              string                    `json:"token"`
	Scope              *pepay.WSTokenScope       `json:"scope"`
	MerchantID         *int64                    `json:"merchant_id"`
	NetworkEnvironment *pepay.NetworkEnvironment `json:"network_environment"`
	ExpiresAt          pepay.Timestamp           `json:"expires_at"`
	WSURL              *string                   `json:"ws_url"`
}

// inJSON takes the token's value apart, so that it is printed only by a caller
// that says so.
func inJSON(token *pepay.WSToken, value string) tokenJSON {
	return tokenJSON{
		Token:              value,
		Scope:              orNull(token.Scope),
		MerchantID:         orNull(token.MerchantID),
		NetworkEnvironment: orNull(token.NetworkEnvironment),
		ExpiresAt:          token.ExpiresAt,
		WSURL:              orNull(token.WSURL),
	}
}

func orNull[T comparable](value T) *T {
	if value == *new(T) {
		return nil
	}
	return &value
}

type fact struct{ name, value string }

// factsOf is everything about a token but its value, also where the address
// repeats it.
func factsOf(token *pepay.WSToken) []fact {
	merchant := ""
	if token.MerchantID != 0 {
		merchant = fmt.Sprint(token.MerchantID)
	}
	return []fact{
		{"scope", string(token.Scope)},
		{"merchant", merchant},
		{"environment", string(token.NetworkEnvironment)},
		{"expires", fmt.Sprintf("%s (%s)", token.ExpiresAt.UTC().Format(time.RFC3339), relative(time.Until(token.ExpiresAt.Time)))},
		{"stream", strings.ReplaceAll(token.WSURL, token.Token.Reveal(), token.Token.String())},
	}
}

// relative rounds up: a token minted for 60s has a little less than that left.
func relative(left time.Duration) string {
	rounded := (left + time.Second - 1).Truncate(time.Second)
	switch {
	case rounded <= 0:
		return "has passed"
	case rounded <= 2*time.Minute:
		return fmt.Sprintf("in %ds", rounded/time.Second) // not 1m0s
	}
	return "in " + rounded.String()
}

// printFacts writes one fact per line, the values below each other.
func printFacts(w io.Writer, indent string, facts []fact) error {
	width := 0
	for _, f := range facts {
		width = max(width, len(f.name))
	}
	var b strings.Builder
	for _, f := range facts {
		value := terminal.Printable(f.value)
		if value == "" {
			value = "none"
		}
		fmt.Fprintf(&b, "%s%-*s  %s\n", indent, width, f.name, value)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
