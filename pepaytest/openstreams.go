package pepaytest

import (
	"net/url"
	"slices"
	"time"
)

// openStream describes an open stream, for tests in another process and for people.
type openStream struct {
	Number     int64      `json:"number"`
	Kind       streamKind `json:"kind"`
	MerchantID int64      `json:"merchant_id"`
	InvoiceID  string     `json:"invoice_id,omitempty"`
	Since      string     `json:"since,omitempty"`
	OpenedAt   time.Time  `json:"opened_at"`
	EventsSent int64      `json:"events_sent"`
	// Filters are the parameters that choose events, as they were sent.
	Filters map[string]string `json:"filters"`
}

// filtersOf leaves out what is no filter.
func filtersOf(query url.Values) map[string]string {
	filters := map[string]string{}
	for name := range query {
		if !slices.Contains([]string{"token", "since", "format"}, name) {
			filters[name] = query.Get(name)
		}
	}
	return filters
}

func controlListStreams(c *controlRequest) (any, *problem) { return c.server.openStreams(), nil }

// openStreams lists them, the longest open first.
func (s *Server) openStreams() []openStream {
	list := []openStream{}
	for _, st := range s.streams.all() {
		who := st.selection.audience
		list = append(list, openStream{
			Number: st.number, Filters: st.filters, Kind: who.kind, MerchantID: who.merchantID, InvoiceID: who.invoiceID, Since: st.since,
			OpenedAt: st.opened.UTC(), EventsSent: st.sent.Load(),
		})
	}
	return list
}
