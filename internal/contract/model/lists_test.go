package model_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"pgregory.net/rapid"
)

// filter is a random choice of the documented filters.
type filter struct {
	query url.Values
	wants func(*invoice) bool
}

func (m *machine) filter(t *rapid.T) filter {
	f := filter{query: url.Values{}, wants: func(*invoice) bool { return true }}
	and := func(name, value string, wants func(*invoice) bool) {
		before := f.wants
		f.query.Set(name, value)
		f.wants = func(inv *invoice) bool { return before(inv) && wants(inv) }
	}
	if rapid.Bool().Draw(t, "by status") {
		statuses := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"unpaid", "underpaid", "paid", "expired"}), 1, 2, rapid.ID).Draw(t, "statuses")
		and("status", strings.Join(statuses, ","), func(inv *invoice) bool { return slices.Contains(statuses, inv.status) })
	}
	if rapid.Bool().Draw(t, "by customer") {
		customer := rapid.SampledFrom([]string{"cust_1", "cust_2", "cust_3"}).Draw(t, "customer")
		and("customer_id", customer, func(inv *invoice) bool { return inv.customer == customer })
	}
	if rapid.Bool().Draw(t, "by type") {
		kind := rapid.SampledFrom([]string{"standard", "commerce"}).Draw(t, "type")
		and("invoice_type", kind, func(inv *invoice) bool { return inv.kind == kind })
	}
	if len(m.invoices) > 0 && rapid.Bool().Draw(t, "by time") {
		from, to := m.any(t).created, m.any(t).created
		and("created_gte", strconv.FormatInt(from, 10), func(inv *invoice) bool { return inv.created >= from })
		and("created_lte", strconv.FormatInt(to, 10), func(inv *invoice) bool { return inv.created <= to })
	}
	return f
}

// WalkInvoices goes through all pages in one of the two directions and compares the ids.
func (m *machine) WalkInvoices(t *rapid.T) {
	f := m.filter(t)
	// At most 50 pages.
	limit := rapid.IntRange(min(100, 1+len(m.invoices)/50), 100).Draw(t, "limit")
	f.query.Set("limit", strconv.Itoa(limit))
	var want []string
	for _, inv := range slices.Backward(m.invoices) {
		if f.wants(inv) {
			want = append(want, inv.id)
		}
	}
	cursor, newer := "starting_after", len(want) > 0 && rapid.Bool().Draw(t, "backwards")
	if newer {
		cursor = "ending_before"
		f.query.Set(cursor, want[len(want)-1])
		want = want[:len(want)-1]
	}
	var got []string
	for {
		page := read[struct {
			Data    []struct{ ID string } `json:"data"`
			HasMore bool                  `json:"has_more"`
		}](t, m.ask(t, m.merchant, http.MethodGet, "/api/v1/invoices?"+f.query.Encode(), nil).want(t, http.StatusOK))
		var ids []string
		for _, inv := range page.Data {
			ids = append(ids, inv.ID)
		}
		if newer {
			got = append(ids, got...)
		} else {
			got = append(got, ids...)
		}
		if !page.HasMore {
			break
		}
		if len(ids) != limit {
			t.Fatalf("a page of %d of %d that is not the last", len(ids), limit)
		}
		f.query.Set(cursor, ids[len(ids)-1])
		if newer {
			f.query.Set(cursor, ids[0])
		}
	}
	if !slices.Equal(got, want) {
		t.Fatalf("%s: got %d ids %v, want %d %v", f.query.Encode(), len(got), got, len(want), want)
	}
}

// Totals compares sums and counts by status.
func (m *machine) Totals(t *rapid.T) {
	f := m.filter(t)
	type total struct{ Amount, Count int64 }
	want := map[string]total{"all": {}, "unpaid": {}, "underpaid": {}, "paid": {}, "expired": {}, "canceled": {}}
	for _, inv := range m.invoices {
		if !f.wants(inv) {
			continue
		}
		for _, of := range []string{"all", inv.status} {
			want[of] = total{want[of].Amount + inv.amount, want[of].Count + 1}
		}
	}
	got := read[struct {
		Totals map[string]total `json:"totals"`
	}](t, m.ask(t, m.merchant, http.MethodGet, "/api/v1/invoices/totals?"+f.query.Encode(), nil).want(t, http.StatusOK))
	for status, sum := range want {
		if got.Totals[status] != sum {
			t.Fatalf("%s: %s is %v, want %v", f.query.Encode(), status, got.Totals[status], sum)
		}
	}
}
