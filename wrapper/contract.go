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
	byID          map[string]*operation
	byRoute       map[string]*operation   // by method and documented path
	parameterised map[string][]*operation // by method, the most specific path first
	undocumented  []alternative           // for an operation that the contract does not have
}

// operation is an operation of the contract as a call needs it.
type operation struct {
	*pepay.Operation
	pattern      pattern
	alternatives []alternative
	accept       []string // the value of the Accept header
}

// alternative is a set of security schemes that are sent together, by name. An
// empty one is an anonymous call.
type alternative []string

// contract is the index over the generated tables, made on first use.
var contract = sync.OnceValue(func() *contractIndex {
	return newContractIndex(pepay.Operations(), pepay.SecuritySchemes(), pepay.DefaultSecurity())
})

func newContractIndex(operations []pepay.Operation, schemes map[string]pepay.SecurityScheme, fallback []map[string][]string) *contractIndex {
	index := &contractIndex{
		schemes:       schemes,
		headers:       map[string]bool{"Authorization": true, "Proxy-Authorization": true, "Cookie": true},
		byID:          map[string]*operation{},
		byRoute:       map[string]*operation{},
		parameterised: map[string][]*operation{},
		undocumented:  undocumented(schemes, fallback),
	}
	for name, scheme := range schemes {
		if scheme.In == "header" {
			scheme.Name = http.CanonicalHeaderKey(scheme.Name) // once, not on every attempt
			schemes[name] = scheme
			index.headers[scheme.Name] = true
		}
	}
	for i := range operations {
		op := newOperation(&operations[i])
		index.byID[op.ID] = op
		index.byRoute[op.Method+" "+op.Path] = op
		if op.pattern.parameters() > 0 {
			index.parameterised[op.Method] = append(index.parameterised[op.Method], op)
		}
	}
	for _, list := range index.parameterised {
		slices.SortFunc(list, func(a, b *operation) int { return a.pattern.compare(b.pattern) })
	}
	return index
}

func newOperation(op *pepay.Operation) *operation {
	return &operation{
		Operation:    op,
		pattern:      newPattern(op.Path),
		alternatives: alternativesOf(op.Security),
		accept:       acceptOf(op.Success),
	}
}

func alternativesOf(security []map[string][]string) []alternative {
	out := make([]alternative, len(security))
	for i, requirement := range security {
		out[i] = slices.Sorted(maps.Keys(requirement))
	}
	return out
}

var applicationJSON = []string{"application/json"}

// acceptOf lists the media types of all success answers, each once.
func acceptOf(answers []pepay.SuccessAnswer) []string {
	var types []string
	for _, answer := range answers {
		for _, mediaType := range answer.MediaTypes {
			if !slices.Contains(types, mediaType) {
				types = append(types, mediaType)
			}
		}
	}
	if types == nil { // an error is JSON all the same
		return applicationJSON
	}
	return []string{strings.Join(types, ", ")}
}

// payorSession is the two credentials of a payor, which mean nothing alone.
var payorSession = alternative{"sessionSignature", "sessionToken"}

// undocumented lists what may be sent to an operation that the contract does not
// have: the contract's default, then every scheme alone, those of a payor's session
// together. Which operations the
// contract has makes no difference, so that the credential for a path does not
// change when the contract grows.
func undocumented(schemes map[string]pepay.SecurityScheme, fallback []map[string][]string) []alternative {
	singles := []string{"merchantApiKey", "commerceApiKey"}
	singles = append(singles, slices.Sorted(maps.Keys(schemes))...)
	var out []alternative
	add := func(schemes alternative) {
		if !slices.ContainsFunc(out, func(have alternative) bool { return slices.Equal(have, schemes) }) {
			out = append(out, schemes)
		}
	}
	for _, schemes := range alternativesOf(fallback) {
		if len(schemes) == 1 {
			add(schemes)
		}
	}
	for _, name := range singles {
		_, ok := schemes[name]
		switch {
		case !ok:
		case slices.Contains(payorSession, name):
			add(payorSession)
		default:
			add(alternative{name})
		}
	}
	return out
}

// find returns the operation that a request is for, or nil. The path is escaped,
// so that a slash inside a parameter does not end it. Only a request of which
// nothing but the path is known is looked up like this.
func (x *contractIndex) find(method, path string) *operation {
	if op := x.byRoute[method+" "+path]; op != nil && op.pattern.parameters() == 0 {
		return op
	}
	segments := splitPath(path)
	for _, candidate := range x.parameterised[method] {
		if candidate.pattern.matches(segments) {
			return candidate
		}
	}
	return nil
}
