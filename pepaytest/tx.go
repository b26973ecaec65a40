package pepaytest

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// tx is one look at the state, or one change of it, while the state is locked. All that
// happens in it happens at one time.
type tx struct {
	*state
	server *Server
	call   *call     // the request it belongs to; nil where there is none
	now    time.Time // business time
	past   *eventLog // where events go while a seed is made, which nobody hears of; or nil

	emitted []*record
}

// change runs fn while the state is locked. What fell due until now happens first. c is
// the request that asks, or nil. fn must not wait for anything and must not call
// methods of the server that lock the state.
func (s *Server) change(c *call, fn func(*tx)) {
	now := s.now() // a clock of the user's must not run under the lock
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	t := &tx{state: s.state, server: s, call: c, now: now}
	t.settleDue()
	fn(t)
	s.armDue(t)
	s.saver.touch()
}

// emit makes an event of a documented type happen. object is the resource's snapshot,
// encoded as the REST API encodes it; previous are the attributes that changed, as they
// were, or nil.
func (t *tx) emit(eventType string, object any, previous map[string]json.RawMessage) {
	ev := pepay.Event{Type: eventType, Created: pepay.Timestamp{Time: t.now}, Data: pepay.EventData{Object: encode(object)}}
	if previous != nil {
		ev.Data.PreviousAttributes = encode(previous)
	}
	if t.call != nil {
		ev.Request = pepay.EventRequest{ID: t.call.requestID, IdempotencyKey: t.call.idempotencyKey}
	}
	emit := t.server.emitAbout
	if t.past != nil {
		emit = t.past.emit
	}
	rec, err := emit(&ev, t.subject(ev.Data.Object), t.now)
	if err != nil {
		panic("pepaytest: " + eventType + ": " + err.Error())
	}
	t.emitted = append(t.emitted, rec)
}

// subject reads a resource. A payment does not say that its invoice is commerce's, and
// the state knows it.
func (t *tx) subject(object json.RawMessage) subject {
	about := newSubject(object)
	if inv := t.Invoices.get(string(about.InvoiceID)); inv != nil {
		about.linked = inv.Type == invoiceOfCommerce
	}
	return about
}

// changed says which members of a snapshot differ, with their old values.
func changed(before, after any) map[string]json.RawMessage {
	var was, is map[string]json.RawMessage
	_ = json.Unmarshal(encode(before), &was) // both are objects that were encoded here
	_ = json.Unmarshal(encode(after), &is)
	previous := map[string]json.RawMessage{}
	for name, value := range was {
		if !bytes.Equal(value, is[name]) {
			previous[name] = value
		}
	}
	for name := range is {
		if _, ok := was[name]; !ok {
			previous[name] = json.RawMessage("null")
		}
	}
	return previous
}

// newID is a version 4 UUID. The same calls in the same order get the same ids.
func (t *tx) newID(kind string) string {
	return uuid(t.digest(kind))
}

// uuid is a version 4 UUID of these bytes.
func uuid(b [32]byte) string {
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:16])
}

// digest is 32 bytes that no other call gets.
func (t *tx) digest(kind string) [32]byte {
	t.Counter++
	return sha256.Sum256(fmt.Appendf(nil, "pepaytest %s %d", kind, t.Counter))
}
