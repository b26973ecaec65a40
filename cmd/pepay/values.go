package main

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
)

// oneOf is the value of a flag that has one of the known ones.
func oneOf(cmd *cli.Command, flag string, known []string) (string, error) {
	value := cmd.String(flag)
	if cmd.IsSet(flag) && !slices.Contains(known, value) {
		return "", unknownValue(flag, value, known)
	}
	return value, nil
}

// someOf are the values of a flag that has several, with commas between.
func someOf[S ~string](cmd *cli.Command, flag string, known []string) ([]S, error) {
	var all []S
	for _, value := range cmd.StringSlice(flag) {
		if !slices.Contains(known, value) {
			return nil, unknownValue(flag, value, known)
		}
		all = append(all, S(value))
	}
	if cmd.IsSet(flag) && len(all) == 0 {
		return nil, usagef("--%s: is empty", flag)
	}
	return all, nil
}

// unknownValue repeats a value only where it is a slip of a known one.
func unknownValue(flag, value string, known []string) error {
	if len(known) == 2 {
		return usagef("--%s: write %s or %s", flag, known[0], known[1])
	}
	return usagef("--%s: unknown value%s; there are %s%s", flag, slip(value, known), strings.Join(known, ", "), didYouMean(value, known))
}

// notEmpty refuses flags that are given with an empty value: an empty variable in a script
// must not widen what a command does.
func notEmpty(cmd *cli.Command, flags ...string) error {
	for _, flag := range flags {
		if cmd.IsSet(flag) && strings.TrimSpace(cmd.String(flag)) == "" {
			return usagef("--%s: is empty", flag)
		}
	}
	return nil
}

func invoiceStatuses() []string {
	return texts([]pepay.InvoiceStatus{
		pepay.InvoiceStatusUnpaid, pepay.InvoiceStatusUnderpaid, pepay.InvoiceStatusPaid, pepay.InvoiceStatusExpired, pepay.InvoiceStatusCanceled,
	})
}

func expansions() []string { return []string{"latest_payment", "payments"} }

func environments() []string {
	return texts([]pepay.NetworkEnvironment{pepay.NetworkEnvironmentDevnet, pepay.NetworkEnvironmentMainnet})
}

func knownScopes() []string {
	return texts([]pepay.WSTokenScope{pepay.WSTokenScopeMerchant, pepay.WSTokenScopeCommerce})
}

func networks() []string {
	return []string{"ethereum", "base", "solana", "avalanche", "ton", "bsc", "arbitrum", "optimism", "cardano", "sui"}
}

func environmentFlagOf(cmd *cli.Command) (pepay.NetworkEnvironment, error) {
	value, err := oneOf(cmd, "environment", environments())
	return pepay.NetworkEnvironment(value), err
}

func tokenTypes() []string { return []string{"native", "erc20", "spl", "sui", "ton"} }

// oneID is the only argument. It is not repeated in errors: it may be a key.
func oneID(cmd *cli.Command, what string) (string, error) {
	id := cmd.Args().First()
	switch {
	case cmd.Args().Len() > 1:
		return "", usagef("'%[1]s' takes one id; see '%[1]s --help'", cmd.FullName())
	case strings.TrimSpace(id) == "":
		return "", usagef("say which %s, by its id", what)
	}
	return id, nil
}

// looksLikeKey reports whether somebody may have put an API key where an id belongs.
func looksLikeKey(text string) bool {
	return strings.HasPrefix(text, "pk_") || strings.HasPrefix(text, "ck_") || strings.HasPrefix(text, "sk_")
}
