package pepaytest

import "time"

// openStream describes an open stream, for tests in another process and for people.
type openStream struct {
	Kind       streamKind `json:"kind"`
	MerchantID int64      `json:"merchant_id"`
	InvoiceID  string     `json:"invoice_id,omitempty"`
	Since      string     `json:"since,omitempty"`
	OpenedAt   time.Time  `json:"opened_at"`
	EventsSent int64      `json:"events_sent"`
}

func controlListStreams(c *controlRequest) (any, *problem) { return c.server.openStreams(), nil }

// openStreams lists them, the longest open first.
func (s *Server) openStreams() []openStream {
	list := []openStream{}
	for _, st := range s.streams.all() {
		who := st.selection.audience
		list = append(list, openStream{
			Kind: who.kind, MerchantID: who.merchantID, InvoiceID: who.invoiceID, Since: st.since,
			OpenedAt: st.opened.UTC(), EventsSent: st.sent.Load(),
		})
	}
	return list
}
