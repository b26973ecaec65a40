package pepaytest

import (
	"net/http"
	"strings"
)

type faultAnswer struct {
	Number int64  `json:"number"`
	Spec   string `json:"spec"`
	Hits   int    `json:"hits"`
}

type faultsAnswer struct {
	Rules   []faultAnswer `json:"rules"`
	Presets []faultPreset `json:"presets"`
}

// faultPreset is a fault that a person may want to see.
type faultPreset struct {
	Name  string `json:"name"`
	Label string `json:"label"`
	Spec  string `json:"spec"`
}

func faultPresets() []faultPreset {
	return []faultPreset{
		{"rate_limit", "429 with Retry-After", "*:status=429,retry-after=2s,every=2"},
		{"outage", "5xx for a minute", "*:status=503,for=1m"},
		{"slow", "Slow: 3 s", "*:latency=3s"},
		{"drop_streams", "Drop streams after 3 events", "*:drop-after=3"},
		{"reject_token", "Token rejected, once", "*:reject-token,next=1"},
	}
}

// controlListFaults lists the rules in the order in which they are asked.
func controlListFaults(c *controlRequest) (any, *problem) {
	f := c.server.faults
	f.mu.Lock()
	defer f.mu.Unlock()
	a := faultsAnswer{Rules: []faultAnswer{}, Presets: faultPresets()}
	for _, rule := range f.rules {
		a.Rules = append(a.Rules, newFaultAnswer(rule))
	}
	return a, nil
}

// newFaultAnswer is called under the lock. A rule of [Faults.On] has no text form.
func newFaultAnswer(rule *Rule) faultAnswer {
	return faultAnswer{Number: rule.number, Spec: orElse(rule.spec, rule.operation+": set by the program"), Hits: rule.hits}
}

func controlAddFault(c *controlRequest) (any, *problem) {
	var in struct {
		Spec string `json:"spec"`
	}
	if bad := c.decode(&in); bad != nil {
		return nil, bad
	}
	rule, err := c.server.faults.Add(in.Spec)
	if err != nil {
		return nil, invalidRequest("spec: " + strings.TrimPrefix(err.Error(), "pepaytest: "))
	}
	rule.faults.mu.Lock()
	defer rule.faults.mu.Unlock()
	return newFaultAnswer(rule), nil
}

func controlRemoveFault(c *controlRequest) (any, *problem) {
	number, bad := c.number("fault")
	if bad != nil {
		return nil, bad
	}
	rule := c.server.faults.rule(number)
	if rule == nil {
		return nil, noSuch("fault")
	}
	rule.Remove()
	return struct{}{}, nil
}

func controlRemoveFaults(c *controlRequest) (any, *problem) {
	c.server.faults.Reset()
	return struct{}{}, nil
}

// controlDropStream cuts a stream as a network does: without a close frame.
func controlDropStream(c *controlRequest) (any, *problem) {
	number, bad := c.number("stream")
	if bad != nil {
		return nil, bad
	}
	for _, st := range c.server.streams.all() {
		if st.number == number {
			st.interrupt(streamEnd{how: endDrop}, closeGrace)
			return struct{}{}, nil
		}
	}
	return nil, &problem{http.StatusNotFound, "NOT_FOUND", "No such stream is open"}
}
