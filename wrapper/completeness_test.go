package wrapper

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go"
)

// elsewhere lists the operations of the contract that have no friendly method,
// and why. What a newly published document adds needs no line: spec-sync's report
// names it.
var elsewhere = map[string]string{
	"openMerchantStream": "an upgrade to a WebSocket: package stream",
	"openCommerceStream": "an upgrade to a WebSocket: package stream",
	"openPaymentStream":  "an upgrade to a WebSocket: package stream",
}

// Each operation is called by one method, or is listed here. An operation that
// our overlays add gets its method with them; one that is published first works
// through API at once and fails nothing.
func TestOperationsHaveAMethod(t *testing.T) {
	t.Parallel()
	called := calledOperations(t)
	ours := overlayText(t)
	for _, op := range pepay.Operations() {
		reason, listed := elsewhere[op.ID]
		switch {
		case called[op.ID] && listed:
			t.Errorf("%s has a method and is listed as having none: %s", op.ID, reason)
		case !called[op.ID] && !listed && strings.Contains(ours, op.ID):
			t.Errorf("%s (%s %s) comes from api/overlays and has no method", op.ID, op.Method, op.Path)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(elsewhere)) {
		if contract().byID[id] == nil {
			t.Errorf("%s is listed and not in the contract", id)
		}
	}
	for id := range called {
		if contract().byID[id] == nil {
			t.Errorf("a method calls %s, which is not in the contract", id)
		}
	}
	if len(called) < 3 {
		t.Errorf("found calls of %v only: is the pattern right?", called)
	}
}

var sends = regexp.MustCompile(`\b(?:send(?:\[[^(\n]*\])?|acknowledge)\([^"\n]*"([A-Za-z0-9_]+)"`)

// calledOperations finds the ids that service methods hand to send and acknowledge.
func calledOperations(t *testing.T) map[string]bool {
	t.Helper()
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	called := map[string]bool{}
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), ".go") || strings.HasSuffix(file.Name(), "_test.go") {
			continue
		}
		text, err := os.ReadFile(file.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range sends.FindAllStringSubmatch(string(text), -1) {
			called[match[1]] = true
		}
	}
	return called
}

func overlayText(t *testing.T) string {
	t.Helper()
	entries, err := os.ReadDir("../api/overlays")
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, entry := range entries {
		content, err := os.ReadFile("../api/overlays/" + entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		text.Write(content)
	}
	return text.String()
}
