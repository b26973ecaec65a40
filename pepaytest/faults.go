package pepaytest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// Faults are the rules by which a [Server] misbehaves. A request is held against
// every rule for its operation, oldest rule first. All delays that are due are
// added up, and the first content type that is due is used; of the faults that
// decide what is answered, the first that is due does, and the later ones keep
// their turn when they are bound to a number of requests ([Next]).
//
// All methods are safe for concurrent use.
type Faults struct {
	mu    sync.Mutex
	rules []*Rule
	known []string
	added int64
	told  *changes // of rules that come and go, and of hits
}

// streamPaths begin the paths that are upgraded to a WebSocket.
const streamPaths = "/ws/"

// Rule is one fault on one operation.
type Rule struct {
	faults     *Faults
	number     int64
	spec       string // of a rule in text form
	operation  string
	fault      Fault
	when       When
	added      time.Time
	seen, hits int
}

func newFaults(told *changes) *Faults {
	return &Faults{known: operationIDs(), told: told}
}

func streamOperations() []string {
	var ids []string
	for _, op := range pepay.Operations() {
		if isStream(op.Method, op.Path) {
			ids = append(ids, op.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

func isStream(method, path string) bool {
	return method == http.MethodGet && strings.HasPrefix(path, streamPaths)
}

func operationIDs() []string {
	var ids []string
	for _, op := range pepay.Operations() {
		ids = append(ids, op.ID)
	}
	slices.Sort(ids)
	return ids
}

// On adds a rule: requests for the operation meet the fault when it is due. "*"
// is any request, also one the contract has no operation for. An operation the
// contract does not have, a fault of streams on another operation, and a fault or a
// When with a bad value, are mistakes in the program and panic with a text that
// names them; [Faults.Add] returns an error instead.
func (f *Faults) On(operationID string, fault Fault, when When) *Rule {
	rule, err := f.add(operationID, fault, when, "")
	if err != nil {
		panic(err.Error())
	}
	return rule
}

// Add adds a rule in its text form, which [ParseFault] describes.
func (f *Faults) Add(spec string) (*Rule, error) {
	operationID, fault, when, err := ParseFault(spec)
	if err != nil {
		return nil, err
	}
	return f.add(operationID, fault, when, spec)
}

// note is called under the lock.
func (f *Faults) note(number int64) { f.told.note(faultChange, strconv.FormatInt(number, 10)) }

// rule is a rule by its number, or nil.
func (f *Faults) rule(number int64) *Rule {
	f.mu.Lock()
	defer f.mu.Unlock()
	if i := slices.IndexFunc(f.rules, func(r *Rule) bool { return r.number == number }); i >= 0 {
		return f.rules[i]
	}
	return nil
}

// Reset removes every rule. Their Hits stay readable.
func (f *Faults) Reset() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules = nil
	f.told.note(faultChange, "")
}

// Remove takes the rule away, and leaves the others. Its Hits stay readable; removing it
// again does nothing. Connections that have its fault in store keep it.
func (r *Rule) Remove() {
	r.faults.mu.Lock()
	defer r.faults.mu.Unlock()
	r.faults.rules = slices.DeleteFunc(r.faults.rules, func(other *Rule) bool { return other == r })
	r.faults.note(r.number)
}

// Hits is how many requests have met the rule's fault. For a fault of an open stream
// it is how many connections were opened that meet it.
func (r *Rule) Hits() int {
	r.faults.mu.Lock()
	defer r.faults.mu.Unlock()
	return r.hits
}

func (f *Faults) add(operationID string, fault Fault, when When, spec string) (*Rule, error) {
	if err := checkOperation(operationID, f.known); err != nil {
		return nil, err
	}
	if err := fault.checkOn(operationID); err != nil {
		return nil, err
	}
	if when.err != nil {
		return nil, when.err
	}
	rule := &Rule{faults: f, spec: spec, operation: operationID, fault: fault, when: when, added: time.Now()}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.added++
	rule.number = f.added
	f.rules = append(f.rules, rule)
	f.note(rule.number)
	return rule, nil
}

const anyOperation = "*"

func checkOperation(id string, known []string) error {
	if id == anyOperation || slices.Contains(known, id) {
		return nil
	}
	hint := "pepay.Operations lists all, and * is for any"
	if near := similarOperations(id, known); len(near) > 0 {
		hint = "did you mean " + strings.Join(near, " or ") + "? " + hint
	}
	return fmt.Errorf("pepaytest: unknown operation %q; %s", id, hint)
}

// similarOperations are at most three operations with names like id, which is
// spelled in another case, cut short or a typing error behind the fourth letter.
func similarOperations(id string, known []string) []string {
	const alike, atMost = 4, 3
	common := func(name string) (n int) {
		for n < min(len(id), len(name)) && id[n]|0x20 == name[n]|0x20 {
			n++
		}
		return n
	}
	near := slices.DeleteFunc(slices.Clone(known), func(name string) bool { return common(name) < alike })
	slices.SortStableFunc(near, func(a, b string) int { return common(b) - common(a) })
	return near[:min(len(near), atMost)]
}

// plan is what the rules say about one request.
type plan struct {
	delay       time.Duration
	contentType *string
	reply       func(genuine func() *answer) *answer
	cut         cut
}

func (f *Faults) plan(operation string, r *http.Request) plan {
	stream := isStream(r.Method, routePath(r))
	f.mu.Lock()
	defer f.mu.Unlock()
	var p plan
	decided := false
	for _, rule := range f.rules {
		if !rule.on(operation) || !rule.fault.meets(r, stream) {
			continue
		}
		rule.seen++
		if !rule.due() || (decided && rule.fault.decides()) {
			continue
		}
		rule.hits++
		f.note(rule.number)
		p.delay += rule.fault.delay
		if p.contentType == nil {
			p.contentType = rule.fault.contentType
		}
		if rule.fault.decides() {
			decided = true
			p.reply, p.cut = rule.fault.reply, rule.fault.cut
		}
	}
	return p
}

// due is called under the lock, after the request has been counted.
func (r *Rule) due() bool { return r.when.due(r.seen, r.hits, time.Since(r.added)) }

func (r *Rule) on(operation string) bool {
	return r.operation == anyOperation || r.operation == operation
}

// planStream returns the faults that a stream which has just been opened will meet.
func (f *Faults) planStream(operation string) []pendingFault {
	f.mu.Lock()
	defer f.mu.Unlock()
	var pending []pendingFault
	for _, rule := range f.rules {
		if !rule.on(operation) || rule.fault.stream == nil {
			continue
		}
		rule.seen++
		if rule.due() {
			rule.hits++
			f.note(rule.number)
			pending = append(pending, pendingFault{streamFault: rule.fault.stream})
		}
	}
	return pending
}

func (p plan) answer(genuine func() *answer) *answer {
	reply := p.reply
	if reply == nil {
		reply = func(genuine func() *answer) *answer { return genuine() }
	}
	ans := reply(genuine)
	switch {
	case p.contentType == nil:
	case *p.contentType == "":
		ans.header["Content-Type"] = nil // present and empty: net/http must not guess
	default:
		ans.header.Set("Content-Type", *p.contentType)
	}
	return ans
}
