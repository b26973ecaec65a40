package pepaytest

import (
	"slices"
	"strconv"
)

// controlReceive takes a delivery. It needs no key, as no endpoint does: the signature
// decides.
func controlReceive(c *controlRequest) (any, *problem) {
	body, bad := readBody(c.Request)
	if bad != nil {
		return nil, bad
	}
	s := c.server
	d := received{At: s.cfg.now().UTC()}
	secrets := s.receiverSecrets()
	s.receiver.mu.Lock()
	defer s.receiver.mu.Unlock()
	if bad = d.check(c.Header, body, s.receiver.mode, secrets, d.At); bad == nil {
		bad = s.receiver.handle(&d)
	}
	d.Accepted = bad == nil
	s.receiver.keep(d)
	s.changes.note(receiverChange, "")
	return struct {
		OK bool `json:"ok"`
	}{true}, bad
}

type receiverAnswer struct {
	Mode  receiverMode `json:"mode"`
	Items []received   `json:"items"`
}

// controlShowReceiver lists what the receiver got, the newest first.
func controlShowReceiver(c *controlRequest) (any, *problem) {
	r := &c.server.receiver
	r.mu.Lock()
	defer r.mu.Unlock()
	a := receiverAnswer{Mode: receiverMode(orElse(string(r.mode), string(receiverAccepts))), Items: append([]received{}, r.log...)}
	slices.Reverse(a.Items)
	return a, nil
}

// controlSetReceiver makes the receiver refuse, or accept again.
func controlSetReceiver(c *controlRequest) (any, *problem) {
	var in struct {
		Mode receiverMode `json:"mode"`
	}
	if bad := c.decode(&in); bad != nil {
		return nil, bad
	}
	if !slices.Contains([]receiverMode{receiverAccepts, receiverFails, receiverWrongSecret}, in.Mode) {
		return nil, invalidRequest("mode: " + strconv.Quote(string(in.Mode)) + " is not accept, fail or wrong_secret")
	}
	r := &c.server.receiver
	r.mu.Lock()
	r.mode = in.Mode
	r.mu.Unlock()
	c.server.changes.note(receiverChange, "")
	return controlShowReceiver(c)
}
