package canned

import (
	"strings"
	"sync"

	"github.com/pepaylabs/pepay-go"
)

var operations = sync.OnceValue(pepay.Operations)

func operation(id string) *pepay.Operation {
	for i := range operations() {
		if op := &operations()[i]; op.ID == id {
			return op
		}
	}
	return nil
}

// match finds the operation of a request. Where several fit, it is the one with the
// first fixed segment at the place where they differ.
func match(method, path string) *pepay.Operation {
	var best *pepay.Operation
	for i := range operations() {
		op := &operations()[i]
		if op.Method == method && fits(op.Path, path) && (best == nil || moreSpecific(op.Path, best.Path)) {
			best = op
		}
	}
	return best
}

func fits(template, path string) bool {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] != got[i] && (!isParameter(want[i]) || got[i] == "") {
			return false
		}
	}
	return true
}

func isParameter(segment string) bool { return strings.HasPrefix(segment, "{") }

func moreSpecific(a, b string) bool {
	other := strings.Split(b, "/")
	for i, segment := range strings.Split(a, "/") {
		if isParameter(segment) != isParameter(other[i]) {
			return !isParameter(segment)
		}
	}
	return false
}
