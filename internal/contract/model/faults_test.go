package model_test

import (
	"net/http"

	"pgregory.net/rapid"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

// CreateThroughFault creates an invoice while the simulator misbehaves, and repeats the
// request with its key: there is one invoice, whether the first answer was lost or the
// request was.
func (m *machine) CreateThroughFault(t *rapid.T) {
	faults := map[string]pepaytest.Fault{
		"503": pepaytest.Status(http.StatusServiceUnavailable), "429": pepaytest.StatusRetryAfter(http.StatusTooManyRequests, "1"),
		"reset before": pepaytest.ResetBefore(), "reset in the answer": pepaytest.ResetMidBody(), "html": pepaytest.RawBody("<html>"),
		"no data": pepaytest.MissingData(), "not a success": pepaytest.SuccessFalse("INTERNAL_SERVER_ERROR", "no"),
	}
	name := rapid.SampledFrom([]string{"503", "429", "reset before", "reset in the answer", "html", "no data", "not a success"}).Draw(t, "fault")
	m.server.Faults().On("createInvoice", faults[name], pepaytest.Next(1))
	request, key := map[string]any{"amount_usd": 12.5}, m.newKey()
	m.call(t, m.merchant, http.MethodPost, "/api/v1/invoices", request, "Idempotency-Key", key)
	a := m.ask(t, m.merchant, http.MethodPost, "/api/v1/invoices", request, "Idempotency-Key", key).want(t, http.StatusOK)
	m.server.Faults().Reset()
	m.added(t, a, &invoice{kind: "standard", amount: 12_500, expires: m.now + 12*60*60, key: key, request: request, answer: a.body})
}
