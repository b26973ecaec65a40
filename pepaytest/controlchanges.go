package pepaytest

import (
	"net/http"
	"strconv"
)

// controlChanges says what changes as it happens, one JSON object a line, until the
// client or the server is gone. The first line is {"kind":"hello"}; a reader that is too
// slow gets {"kind":"lost"} instead of what it missed.
func controlChanges(c *controlRequest) (any, *problem) {
	reader := c.server.changes.open()
	if reader == nil {
		return nil, &problem{http.StatusServiceUnavailable, "TOO_MANY_READERS", strconv.Itoa(maxChangeReaders) + " readers follow the changes already"}
	}
	return controlStream(func(w http.ResponseWriter) {
		defer reader.close()
		w.Header().Set("Content-Type", "application/x-ndjson; charset=utf-8")
		for flush := http.NewResponseController(w).Flush; ; {
			select {
			case <-reader.ready:
			case <-c.Context().Done():
				return
			case <-c.server.closing:
				return
			}
			var lines []byte
			for _, ch := range reader.take() {
				lines = append(append(lines, encode(ch)...), '\n')
			}
			if _, err := w.Write(lines); err != nil || flush() != nil {
				return
			}
		}
	}), nil
}

// noteEvent tells that an event happened, and what it is about.
func (s *Server) noteEvent(r *record) {
	s.changes.note(eventChange, r.event.ID)
	switch about := &r.subject; about.Kind {
	case "invoice":
		s.changes.note(invoiceChange, string(about.ID))
	case "invoice_payment", "payment_quote":
		s.changes.note(invoiceChange, string(about.InvoiceID))
	case "commerce_order":
		s.changes.note(orderChange, orElse(string(about.ID), string(about.OrderID)))
	}
}
