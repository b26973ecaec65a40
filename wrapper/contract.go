package wrapper

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/pepaylabs/pepay-go"
)

// contractIndex answers what the generated tables say about a request.
type contractIndex struct {
	schemes       map[string]pepay.SecurityScheme
	headers       map[string]bool // canonical names of headers that carry a credential
	byID          map[string]*pepay.Operation
	fixed         map[route]*pepay.Operation
	parameterised map[string][]parameterisedOperation // by method, static segments first
	undocumented  []map[string][]string               // alternatives for an operation the contract does not have
}

type route struct{ method, path string }

type parameterisedOperation struct {
	segments []string // a parameter is ""
	*pepay.Operation
}

// contract is the index over the generated tables, made on first use.
var contract = sync.OnceValue(func() *contractIndex {
	return newContractIndex(pepay.Operations(), pepay.SecuritySchemes(), pepay.DefaultSecurity())
})

func newContractIndex(operations []pepay.Operation, schemes map[string]pepay.SecurityScheme, fallback []map[string][]string) *contractIndex {
	index := &contractIndex{
		schemes:       schemes,
		headers:       map[string]bool{"Authorization": true, "Proxy-Authorization": true, "Cookie": true},
		byID:          map[string]*pepay.Operation{},
		fixed:         map[route]*pepay.Operation{},
		parameterised: map[string][]parameterisedOperation{},
		undocumented:  fallback,
	}
	for name, scheme := range schemes {
		if scheme.In == "header" {
			scheme.Name = http.CanonicalHeaderKey(scheme.Name) // once, not on every attempt
			schemes[name] = scheme
			index.headers[scheme.Name] = true
		}
	}
	for i := range operations {
		op := &operations[i]
		index.byID[op.ID] = op
		for _, alternative := range op.Security {
			index.addUndocumented(alternative)
		}
		if !strings.Contains(op.Path, "{") {
			index.fixed[route{op.Method, op.Path}] = op
			continue
		}
		segments := strings.Split(strings.TrimPrefix(op.Path, "/"), "/")
		for i, segment := range segments {
			if strings.Contains(segment, "{") {
				segments[i] = ""
			}
		}
		index.parameterised[op.Method] = append(index.parameterised[op.Method], parameterisedOperation{segments, op})
	}
	for _, name := range slices.Sorted(maps.Keys(schemes)) {
		index.addUndocumented(map[string][]string{name: nil})
	}
	for _, list := range index.parameterised {
		slices.SortStableFunc(list, moreStaticFirst)
	}
	return index
}

// addUndocumented extends the alternatives for unknown operations by single
// schemes, in the order in which the contract uses them.
func (x *contractIndex) addUndocumented(alternative map[string][]string) {
	if len(alternative) != 1 {
		return
	}
	known := slices.ContainsFunc(x.undocumented, func(have map[string][]string) bool {
		return maps.EqualFunc(have, alternative, func(_, _ []string) bool { return true })
	})
	if !known {
		x.undocumented = append(slices.Clip(x.undocumented), alternative)
	}
}

// moreStaticFirst orders by the leftmost segment in which one has a parameter
// and the other does not.
func moreStaticFirst(a, b parameterisedOperation) int {
	for i := range min(len(a.segments), len(b.segments)) {
		switch aParam, bParam := a.segments[i] == "", b.segments[i] == ""; {
		case aParam && !bParam:
			return 1
		case bParam && !aParam:
			return -1
		}
	}
	return 0
}

// find returns the operation that a request is for, or nil. The path is
// escaped, so that a slash inside a parameter does not end it.
func (x *contractIndex) find(method, path string) *pepay.Operation {
	if op := x.fixed[route{method, path}]; op != nil {
		return op
	}
	for _, candidate := range x.parameterised[method] {
		if matches(candidate.segments, path) {
			return candidate.Operation
		}
	}
	return nil
}

func matches(segments []string, path string) bool {
	rest, more := strings.CutPrefix(path, "/")
	for _, want := range segments {
		if !more {
			return false
		}
		var segment string
		segment, rest, more = strings.Cut(rest, "/")
		if segment == "" || (want != "" && want != segment) {
			return false
		}
	}
	return !more
}
