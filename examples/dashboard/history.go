package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
	"github.com/pepaylabs/pepay-go/wstoken"
)

// historySize is how many events a page is shown that were before it was opened. The page of
// Pepay's list that has them has one more, which tells that there are older ones.
const historySize = pageSize - 1

const pageSize = 100 // the most that Pepay gives

// historyQueries are the events that each stream has. The list of a merchant's key may also have orders.
var historyQueries = map[pepay.WSTokenScope]struct {
	types      []string
	credential string
}{
	pepay.WSTokenScopeMerchant: {[]string{"invoice.*", "invoice_payment.*"}, "merchantApiKey"},
	pepay.WSTokenScopeCommerce: {nil, "commerceApiKey"},
}

// history answers with the latest events of a stream, the newest first, one a line and as Pepay
// gave them. X-Complete says whether these are all that there are.
func (d *dashboard) history(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	scope, err := d.authorize(r)
	if err != nil {
		status := http.StatusForbidden
		if errors.Is(err, wstoken.ErrNotSignedIn) {
			status = http.StatusUnauthorized
		}
		http.Error(w, http.StatusText(status), status)
		return
	}
	lines, complete, err := d.latestEvents(r.Context(), scope)
	if err != nil {
		slog.ErrorContext(r.Context(), "no events for a page", "scope", scope, "error", err)
		http.Error(w, "Pepay gives no events at the moment", http.StatusBadGateway)
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.Header().Set("X-Complete", strconv.FormatBool(complete))
	_, _ = w.Write(lines)
}

func (d *dashboard) latestEvents(ctx context.Context, scope pepay.WSTokenScope) (lines []byte, complete bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, 8*time.Second)
	defer cancel()
	query := historyQueries[scope]
	var buf bytes.Buffer
	n := 0
	for event, err := range d.events.All(ctx, wrapper.EventParams{Types: query.types, Limit: pageSize}, wrapper.WithPreferredCredential(query.credential)) {
		if err != nil {
			return nil, false, err
		}
		if n++; n > historySize {
			return buf.Bytes(), false, nil
		}
		if err := json.Compact(&buf, event.Raw()); err != nil {
			return nil, false, err
		}
		buf.WriteByte('\n')
	}
	return buf.Bytes(), true, nil
}
