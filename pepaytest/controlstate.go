package pepaytest

import (
	"time"
)

// stateAnswer is the server at a glance. Times are epoch milliseconds.
type stateAnswer struct {
	Clock       clockAnswer `json:"clock"`
	Seed        string      `json:"seed"`
	Environment string      `json:"environment"`
	Counts      stateCounts `json:"counts"`
	StartedAt   int64       `json:"started_at"`
}

type stateCounts struct {
	Invoices  int   `json:"invoices"`
	Orders    int   `json:"orders"`
	Events    int   `json:"events"` // that are kept
	Requests  int64 `json:"requests"`
	Endpoints int   `json:"endpoints"`
	Streams   int   `json:"streams"`
}

// clockAnswer is the business time.
type clockAnswer struct {
	Now      int64 `json:"now"`
	OffsetMS int64 `json:"offset_ms"`
}

func (s *Server) clock() clockAnswer {
	return clockAnswer{Now: s.now().UnixMilli(), OffsetMS: time.Duration(s.advanced.Load()).Milliseconds()}
}

func controlState(c *controlRequest) (any, *problem) {
	s := c.server
	a := stateAnswer{Clock: s.clock(), Seed: s.cfg.seed, StartedAt: s.started.UnixMilli()}
	s.change(nil, func(t *tx) {
		a.Counts.Invoices, a.Counts.Orders = t.Invoices.len(), t.Orders.len()
		a.Environment = string(t.account(defaultMerchantID).Environment)
	})
	a.Counts.Events = s.events.len()
	a.Counts.Requests = s.log.total()
	a.Counts.Endpoints = len(s.webhooks.list())
	a.Counts.Streams = len(s.streams.all())
	return a, nil
}
