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

// tokenInJSON takes the value of the token as an argument, so that it is printed only
// where a caller passes it on purpose.
func tokenInJSON(token *pepay.WSToken, value string) tokenJSON {
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

type labeled struct{ name, value string }

// tokenFields is everything about a token except its value, which is also removed from
// the address.
func tokenFields(token *pepay.WSToken) []labeled {
	merchant := ""
	if token.MerchantID != 0 {
		merchant = fmt.Sprint(token.MerchantID)
	}
	return []labeled{
		{"scope", string(token.Scope)},
		{"merchant", merchant},
		{"environment", string(token.NetworkEnvironment)},
		{"expires", fmt.Sprintf("%s (%s)", token.ExpiresAt.UTC().Format(time.RFC3339), relative(time.Until(token.ExpiresAt.Time)))},
		{"stream", strings.ReplaceAll(token.WSURL, token.Token.Reveal(), token.Token.String())},
	}
}

// relative rounds up: a token minted for 60s has a little less than that left.
func relative(left time.Duration) string {
	rounded := roundUp(left)
	switch {
	case rounded <= 0:
		return "has passed"
	case rounded <= 2*time.Minute:
		return fmt.Sprintf("in %ds", rounded/time.Second) // not 1m0s
	}
	return "in " + rounded.String()
}

// printFields writes one field per line, the values below each other.
func printFields(w io.Writer, indent string, fields []labeled) error {
	width := 0
	for _, f := range fields {
		width = max(width, len(f.name))
	}
	var b strings.Builder
	for _, f := range fields {
		value := terminal.Printable(f.value)
		if value == "" {
			value = "none"
		}
		fmt.Fprintf(&b, "%s%-*s  %s\n", indent, width, f.name, value)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
