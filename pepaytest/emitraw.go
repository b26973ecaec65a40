package pepaytest

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/server"
)

// EmitRaw makes an event happen whose JSON is given, for what Pepay has not documented:
// members that it may add, and forms that it may send. Streams and webhooks have it byte
// for byte, and the Events API without white space between its values. Nothing is filled
// in. id, type, created (whole epoch seconds) and data.object decide who gets it, where
// they have the documented form; without such an id it cannot be got or resumed after,
// and without such a created it is dated by the server's clock.
//
// It returns what the simulator understood. What is not a JSON object is a mistake in
// the program and panics. Otherwise it is like [Server.Emit].
func (s *Server) EmitRaw(event json.RawMessage) pepay.Event {
	if !isObject(event) {
		panic("pepaytest: EmitRaw: not a JSON object")
	}
	now := s.now()
	rec := newRawRecord(event, now)
	s.events.add(func(int64) *record { return rec })
	s.noteEvent(rec)
	s.webhooks.offer(rec)
	s.saver.touch()
	return rec.public()
}

func newRawRecord(event json.RawMessage, now time.Time) *record {
	var members struct {
		ID      text            `json:"id"`
		Type    text            `json:"type"`
		Created json.RawMessage `json:"created"`
		Data    json.RawMessage `json:"data"`
	}
	_ = json.Unmarshal(event, &members) // an object, whose members may have any form
	var data struct {
		Object json.RawMessage `json:"object"`
	}
	_ = json.Unmarshal(members.Data, &data)
	created, err := strconv.ParseInt(string(members.Created), 10, 64)
	if err != nil || created <= 0 || created > maxExpiry {
		created = now.Unix()
	}
	return &record{
		raw: true, frame: bytes.Clone(event), subject: newSubject(data.Object),
		event: server.Event{
			ID: string(members.ID), Object: "event", Type: string(members.Type), Created: created,
			APIVersion: ptr(""), Livemode: ptr(false), PendingWebhooks: ptr(int64(0)), Data: server.EventData{Object: data.Object},
		},
	}
}
