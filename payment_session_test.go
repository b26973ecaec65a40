package pepay

import (
	"encoding/json"
	"testing"
)

func TestPaymentSessionDecodesBothForms(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		json string
		want PaymentSession
	}{
		"alone":            {`{"invoice_id":"inv_1","invoice_status":"paid"}`, PaymentSession{InvoiceID: "inv_1", InvoiceStatus: InvoiceStatusPaid}},
		"in data":          {`{"status":"ok","data":{"invoice_id":"inv_1","environment":"devnet"}}`, PaymentSession{InvoiceID: "inv_1", Environment: NetworkEnvironmentDevnet}},
		"data comes first": {`{"data":{"invoice_id":"inv_1"},"status":"ok"}`, PaymentSession{InvoiceID: "inv_1"}},
		"unknown members":  {`{"invoice_id":"inv_1","later":{"data":{"invoice_id":"inv_2"}}}`, PaymentSession{InvoiceID: "inv_1"}},
		"nothing":          {`{}`, PaymentSession{}},
		"nothing in data":  {`{"status":"ok","data":null}`, PaymentSession{}},
		"null":             {`null`, PaymentSession{}},
		"data within data": {`{"status":"ok","data":{"data":{"invoice_id":"inv_1"}}}`, PaymentSession{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got PaymentSession
			if err := json.Unmarshal([]byte(tc.json), &got); err != nil || got != tc.want {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
	var s PaymentSession
	if err := json.Unmarshal([]byte(`{"data":{"invoice_id":1}}`), &s); err == nil {
		t.Error("a number is taken for an id")
	}
}
