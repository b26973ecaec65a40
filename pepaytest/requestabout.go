package pepaytest

import (
	"bytes"
	"encoding/json"
	"net/url"

	"github.com/go-chi/chi/v5"
)

// requestAbout says which invoice and which order a request was about, where it was about
// one.
type requestAbout struct {
	InvoiceID string `json:"invoice_id,omitempty"`
	OrderID   string `json:"order_id,omitempty"`
}

// about reads it from the path, from the payor's session, from the answer and from the
// body, in this order. A list is about nothing.
func (s *Server) about(r *Request) requestAbout {
	params := chi.NewRouteContext()
	s.routes.Find(params, r.Method, orElse(r.escapedPath, "/"))
	param := func(names ...string) string {
		for _, name := range names {
			if value, err := url.PathUnescape(params.URLParam(name)); err == nil && value != "" {
				return value
			}
		}
		return ""
	}
	a := requestAbout{InvoiceID: orElse(param("invoiceId", "invoice_id"), r.who.invoiceID), OrderID: param("orderId", "order_id")}
	for _, body := range [][]byte{r.AnswerBody, r.Body} {
		named := aboutObject(body, 3)
		a.InvoiceID, a.OrderID = orElse(a.InvoiceID, named.InvoiceID), orElse(a.OrderID, named.OrderID)
	}
	return a
}

// aboutObject looks for ids in a JSON object and in the objects in it. The outermost one
// counts.
func aboutObject(object []byte, depth int) (a requestAbout) {
	if !bytes.HasPrefix(bytes.TrimLeft(object, " \t\r\n"), []byte("{")) {
		return a
	}
	var named struct {
		Object       text            `json:"object"`
		ID           text            `json:"id"`
		InvoiceID    text            `json:"invoice_id"`
		InvoiceCamel text            `json:"invoiceId"`
		OrderID      text            `json:"order_id"`
		OrderCamel   text            `json:"orderId"`
		OrderOf      text            `json:"commerce_order_id"`
		Data         json.RawMessage `json:"data"`
		Invoice      json.RawMessage `json:"invoice"`
		Order        json.RawMessage `json:"order"`
	}
	if json.Unmarshal(object, &named) != nil {
		return a
	}
	a.InvoiceID = orElse(string(named.InvoiceID), string(named.InvoiceCamel))
	a.OrderID = orElse(orElse(string(named.OrderID), string(named.OrderCamel)), string(named.OrderOf))
	switch named.Object {
	case "invoice":
		a.InvoiceID = string(named.ID)
	case "commerce_order":
		a.OrderID = orElse(string(named.ID), a.OrderID)
	}
	for _, inner := range []json.RawMessage{named.Data, named.Invoice, named.Order} {
		if depth > 0 && (a.InvoiceID == "" || a.OrderID == "") {
			in := aboutObject(inner, depth-1)
			a.InvoiceID, a.OrderID = orElse(a.InvoiceID, in.InvoiceID), orElse(a.OrderID, in.OrderID)
		}
	}
	return a
}

// requestsAbout are the numbers of the last requests that were about an invoice or an
// order with this id, the newest first.
func (s *Server) requestsAbout(id string) []int64 {
	const most = 100
	numbers := []int64{}
	kept := s.log.kept()
	for i := len(kept) - 1; i >= 0 && len(numbers) < most; i-- {
		r := kept[i]
		if !r.mentions([]byte(id)) {
			continue
		}
		if a := s.about(r); a.InvoiceID == id || a.OrderID == id {
			numbers = append(numbers, r.number)
		}
	}
	return numbers
}

// mentions is a fast look whether a request may be about an id.
func (r *Request) mentions(id []byte) bool {
	return bytes.Contains([]byte(r.escapedPath), id) || r.who.invoiceID == string(id) || bytes.Contains(r.AnswerBody, id) || bytes.Contains(r.Body, id)
}
