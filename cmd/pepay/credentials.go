package main

import (
	"errors"
	"slices"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// missingCredential says which variable has the credential that an operation asks for.
func missingCredential(err error) string {
	const keys = "no API key; set PEPAY_API_KEY, or PEPAY_COMMERCE_API_KEY for scope commerce, or use --api-key-file"
	schemes := schemesOf(err)
	takes := func(name string) bool { return slices.Contains(schemes, name) }
	switch {
	case len(schemes) == 0:
		return keys
	case takes("sessionToken"):
		return "no payment session; use --session-file with what 'pepay invoices create --json' printed"
	case takes("merchantApiKey") && takes("bearerAuth"):
		return keys + "; the dashboard's token in PEPAY_JWT will do, too"
	case takes("merchantApiKey"):
		return keys
	case takes("commerceApiKey"):
		return "no API key of scope commerce; set PEPAY_COMMERCE_API_KEY"
	case takes("bearerAuth"):
		return "no token of the dashboard, which this takes instead of an API key; set PEPAY_JWT"
	}
	return keys
}

// schemesOf are the security schemes of the operation whose call failed.
func schemesOf(err error) []string {
	var call *wrapper.Error
	if !errors.As(err, &call) {
		return nil
	}
	var names []string
	for _, op := range pepay.Operations() {
		if op.ID != call.Operation {
			continue
		}
		for _, alternative := range op.Security {
			for name := range alternative {
				names = append(names, name)
			}
		}
	}
	return names
}
