package pepaytest

import (
	"fmt"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// The retention of a server whose options name none.
const defaultRetention = 100_000

// WithRetention sets how many events the server keeps, the last n. Streams replay
// from them, and [Server.Events] and the Events API list them. The default is
// 100,000; Pepay does not document its own. Fewer than 1 is an error.
func WithRetention(n int) Option {
	return func(c *config) error {
		if n < 1 {
			return fmt.Errorf("pepaytest: WithRetention(%d): give at least 1", n)
		}
		c.retention = n
		return nil
	}
}

// Emit makes an event happen. It goes to every open stream it belongs to and to every
// webhook endpoint that wants it, and is there for replay and for the Events API. [NewEvent] builds one of each
// documented type; other types are taken too, as Pepay may add some.
//
// What is zero is filled in: ID as evt_<ms>-<seq>, with the milliseconds of
// Created and a number that goes up by one with each event; Object "event";
// Created from the server's clock, or from an ID of that form; APIVersion
// "2025-12-16". Created is cut to whole seconds. Emit returns the completed event.
//
// An ID the server has emitted before, and still keeps, is one more delivery of
// that event: streams and webhooks send it again, as Pepay may, and it is listed once.
//
// An event without a Type, or whose Data.Object is not a JSON object, is a mistake
// in the program and panics. Emit does not wait for any stream or webhook and is safe for
// concurrent use; events have the order in which the calls took effect.
//
// See https://docs-alpha.pepay.io/api-spec/webhook-events
func (s *Server) Emit(ev pepay.Event) pepay.Event {
	rec, err := s.emit(&ev)
	if err != nil {
		panic("pepaytest: Emit: " + err.Error())
	}
	return rec.public()
}

// Events returns the events the server keeps, oldest first. The caller owns the
// result. It is safe for concurrent use.
func (s *Server) Events() []pepay.Event {
	records := s.events.all()
	events := make([]pepay.Event, len(records))
	for i, rec := range records {
		events[i] = rec.public()
	}
	return events
}

func (s *Server) emit(ev *pepay.Event) (*record, error) {
	return s.emitAbout(ev, newSubject(ev.Data.Object), s.now()) // a clock of the user's must not run under the lock
}

// emitAbout dates an event that names no date itself.
func (s *Server) emitAbout(ev *pepay.Event, about subject, now time.Time) (*record, error) {
	rec, err := s.events.emit(ev, about, now)
	if err == nil {
		s.noteEvent(rec)
		s.webhooks.offer(rec)
		s.saver.touch()
	}
	return rec, err
}

// emit only lists an event.
func (l *eventLog) emit(ev *pepay.Event, about subject, now time.Time) (*record, error) {
	if err := checkEvent(ev); err != nil {
		return nil, err
	}
	return l.add(func(seq int64) *record { return newRecord(ev, about, now, seq) }), nil
}
