package pepaytest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pepaylabs/pepay-go"
)

// selection is what one reader of the log gets.
type selection struct {
	audience   audience
	types      []string // empty: all
	conditions []condition
}

// condition is a filter with its value.
type condition struct {
	holds func(*subject, string) bool
	value string
}

func (s *selection) wants(r *record) bool {
	if !s.audience.sees(r) || len(s.types) > 0 && !matchesAny(s.types, r.event.Type) {
		return false
	}
	for _, c := range s.conditions {
		if !c.holds(&r.subject, c.value) {
			return false
		}
	}
	return true
}

// filters are the documented ones by the name of their parameter. A resource
// without the field does not match.
func filters() map[string]func(*subject, string) bool {
	return map[string]func(*subject, string) bool{
		"invoice_type":   func(s *subject, v string) bool { return string(s.InvoiceType) == v },
		"invoice_id":     (*subject).ofInvoice,
		"customer_id":    func(s *subject, v string) bool { return string(s.CustomerID) == v },
		"environment":    func(s *subject, v string) bool { return string(s.Environment) == v },
		"order_id":       (*subject).ofOrder,
		"wallet_address": func(s *subject, v string) bool { return string(s.WalletAddress) == v },
		"wallet_network": func(s *subject, v string) bool { return string(s.WalletNetwork) == v },
	}
}

// matchesAny compares with types and with wildcards, which are prefixes.
func matchesAny(patterns []string, eventType string) bool {
	for _, p := range patterns {
		prefix, wildcard := strings.CutSuffix(p, "*")
		if p == eventType || wildcard && strings.HasPrefix(eventType, prefix) {
			return true
		}
	}
	return false
}

// parseTypes reads "invoice.*,invoice_payment.updated". Only documented types are
// allowed, and wildcards that stand for some.
func parseTypes(list string) ([]string, error) {
	patterns := strings.Split(list, ",")
	for _, p := range patterns {
		prefix, wildcard := strings.CutSuffix(p, ".*")
		if slices.ContainsFunc(pepay.EventTypes(), func(t string) bool {
			return p == t || wildcard && strings.HasPrefix(t, prefix+".")
		}) {
			continue
		}
		return nil, fmt.Errorf("unknown event type %q; there are %s and wildcards such as invoice.*", p, strings.Join(pepay.EventTypes(), ", "))
	}
	return patterns, nil
}
