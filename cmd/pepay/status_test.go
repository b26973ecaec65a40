package main

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
)

// The page's test reads the same cases.
func TestStatusIsThatOfThePage(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../../examples/dashboard/testdata/statuses.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases [][3]json.RawMessage
	if err := json.Unmarshal(content, &cases); err != nil || len(cases) == 0 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	for _, c := range cases {
		var name, words string
		if err := json.Unmarshal(c[1], &name); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(c[2], &words); err != nil {
			t.Fatal(err)
		}
		want := status{map[string]tone{"good": toneGood, "open": toneOpen, "bad": toneBad}[name], words}
		if got := statusOf(c[0]); got != want {
			t.Errorf("%s: got %+v, want %+v", c[0], got, want)
		}
	}
}

// Every status that Pepay documents as final is good or bad, so that none is forgotten.
func TestFinalStatusesHaveATone(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]tone{
		string(pepay.InvoiceStatusPaid): toneGood, string(pepay.InvoiceStatusExpired): toneBad, string(pepay.InvoiceStatusCanceled): toneBad,
		string(pepay.InvoiceStatusUnpaid): toneOpen, string(pepay.InvoiceStatusUnderpaid): toneOpen,
		string(pepay.InvoicePaymentStatusConfirmed): toneGood, string(pepay.InvoicePaymentStatusManualRetry): toneBad,
		string(pepay.SettlementStatusSettled): toneGood, string(pepay.SettlementStatusFailed): toneBad, string(pepay.SettlementStatusManual): toneOpen,
		string(pepay.OrderStatusDelivered): toneGood, string(pepay.OrderStatusFulfilled): toneGood,
		string(pepay.OrderStatusCancelled): toneBad, string(pepay.OrderStatusPlaced): toneOpen,
	} {
		if got := toneOf(status); got != want {
			t.Errorf("%s: tone %d, want %d", status, got, want)
		}
	}
}

// A payment whose settlement failed is not shown as if all were well.
func TestFailedSettlementInALine(t *testing.T) {
	t.Parallel()
	ev := &pepay.Event{ID: "evt_1", Type: pepay.EventInvoicePaymentUpdated}
	ev.Data.Object = json.RawMessage(`{"object":"invoice_payment","id":"pay_1","status":"confirmed","settlement_status":"failed"}`)
	var out bytes.Buffer
	if line := eventLine(&out, ev); !bytes.HasSuffix([]byte(line), []byte("settlement failed")) || bytes.Contains([]byte(line), []byte(terminal.Green)) {
		t.Errorf("got %q", line)
	}
}
