package main

import (
	"os"
	"path/filepath"
	"testing"
)

const (
	estimatePath = "/api/commerce/merchant/checkout/estimate"
	addressPath  = "/api/commerce/merchant/checkout/address"
	orderPath    = "/api/commerce/merchant/checkout/invoice"

	estimateID       = "550e8400-e29b-41d4-a716-446655440000"
	validItem        = `{"productId":"B08N5WRWNW","retailer":"amazon","title":"Item","quantity":1,"price":9.99,"totalPrice":9.99}`
	invalidItem      = `{"productId":"B000000000","retailer":"amazon","error":"No eligible offers"}`
	checkedOut       = `{"orderId":"order_1","invoiceId":"inv_1","invoiceUrl":"https://pay.example/pay?session=pst_secret&signature=sig_secret","session":"pst_secret","signature":"sig_secret","amount":13.99,"status":"unpaid","expiresAt":"2025-12-16T00:20:00.000Z"}`
	estimateShown    = "subtotal     9.99 usd\nshipping     1 usd\ntax          0 usd\nfees         3 usd\ntotal        13.99 usd\nenvironment  devnet\nvalid until  2025-12-16T00:15:00Z\n"
	estimatedItem    = "ITEM        TITLE  RETAILER  QUANTITY     PRICE     TOTAL\nB08N5WRWNW  Item   amazon           1  9.99 usd  9.99 usd\n"
	checkedOutFields = "order        order_1\ninvoice      inv_1\nstatus       unpaid\namount       13.99 usd\nexpires      2025-12-16T00:20:00Z\npayment URL  "
)

func estimateJSON(valid, invalid string) string {
	return `{"estimateId":"` + estimateID + `","networkEnvironment":"devnet","validItems":[` + valid + `],"invalidItems":[` + invalid + `],"pricing":{"subtotal":9.99,"shipping":1,"tax":0,"fees":{"fixed":0,"percentage":0,"total":3},"total":13.99},"expiresAt":"2025-12-16T00:15:00.000Z"}`
}

func checkoutAnswers(estimate string) map[string]string {
	return map[string]string{
		estimatePath: inData(estimate),
		addressPath:  inData(`{"addressId":"addr_1","validated":true}`),
		orderPath:    inData(checkedOut),
	}
}

func TestCheckout(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "order.json")
	content := `{"customer_id":"cust_1","items":[{"productId":"B1","retailer":"amazon","quantity":2,"price":9.90,"title":"T"}],"address":{"first_name":"Jane","city":"Miami"},"refundDestinationWalletAddressBsc":"0x1"}`
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	flags := []string{"checkout", "--customer-id", "cust_1", "--item", "B08N5WRWNW", "--city", "Miami"}
	asksEstimate := "POST " + estimatePath + ` {"customer_id":"cust_1","items":[{"productId":"B08N5WRWNW","quantity":1,"retailer":"amazon"}]}`
	asksAddress := "POST " + addressPath + ` {"address":{"city":"Miami"},"customer_id":"cust_1","estimateId":"` + estimateID + `"}`
	asksOrder := "POST " + orderPath + ` {"addressId":"addr_1","customer_id":"cust_1","estimateId":"` + estimateID + `"}`
	valid := estimateJSON(validItem, "")
	runCases(t, []commandCase{
		{
			name: "three steps", args: append(flags, "--yes"), answers: checkoutAnswers(valid), asked: []string{asksEstimate, asksAddress, asksOrder},
			stdout: checkedOutFields + "not shown; --show-payment-url prints it\n", stderr: estimatedItem + estimateShown,
		},
		{
			name: "with the payment URL", args: append(flags, "--yes", "--show-payment-url"), answers: checkoutAnswers(valid), asked: []string{asksEstimate, asksAddress, asksOrder},
			stdout: checkedOutFields + "https://pay.example/pay?session=pst_secret&signature=sig_secret\n", stderr: estimatedItem + estimateShown,
		},
		{
			name: "JSON", args: append(flags, "--yes", "--json"), answers: checkoutAnswers(valid), asked: []string{asksEstimate, asksAddress, asksOrder},
			stdout: checkedOut + "\n", stderr: estimatedItem + estimateShown,
		},
		{
			name: "nobody to ask", args: flags, answers: checkoutAnswers(valid), code: exitUsage,
			stderr: "pepay: 'pepay checkout' asks before it goes on, and nobody is at a terminal; use --yes\n",
		},
		{
			name: "a yes on standard input is not a person's", args: flags, stdin: "y\n", answers: checkoutAnswers(valid), code: exitUsage,
			stderr: "pepay: 'pepay checkout' asks before it goes on, and nobody is at a terminal; use --yes\n",
		},
		{
			name: "estimate only", args: append(flags, "--estimate-only"), answers: checkoutAnswers(valid), asked: []string{asksEstimate}, stdout: estimatedItem + estimateShown,
		},
		{
			name: "estimate only, as JSON", args: append(flags, "--estimate-only", "--json"), answers: checkoutAnswers(valid), asked: []string{asksEstimate}, stdout: valid + "\n",
		},
		{
			name: "some items cannot be ordered", args: append(flags, "--yes"), answers: checkoutAnswers(estimateJSON(validItem, invalidItem)), asked: []string{asksEstimate}, code: exitFailed,
			stderr: estimatedItem + `cannot be ordered  B000000000: No eligible offers
subtotal           9.99 usd
shipping           1 usd
tax                0 usd
fees               3 usd
total              13.99 usd
environment        devnet
valid until        2025-12-16T00:15:00Z
` + "pepay: 1 of 2 items cannot be ordered; nothing was created; --skip-invalid orders the rest\n",
		},
		{
			name: "no item can be ordered", args: append(flags, "--yes", "--skip-invalid", "--json"), answers: checkoutAnswers(`{"estimateId":"e","invalidItems":[` + invalidItem + `]}`), asked: []string{asksEstimate}, code: exitFailed,
			stderr: "cannot be ordered  B000000000: No eligible offers\npepay: none of the items can be ordered; nothing was created\n",
		},
		{
			name: "file", args: []string{"checkout", "--file", file, "--yes", "--json"}, answers: checkoutAnswers(valid),
			asked: []string{
				"POST " + estimatePath + ` {"customer_id":"cust_1","items":[{"price":9.90,"productId":"B1","quantity":2,"retailer":"amazon","title":"T"}]}`,
				"POST " + addressPath + ` {"address":{"city":"Miami","first_name":"Jane"},"customer_id":"cust_1","estimateId":"` + estimateID + `"}`,
				"POST " + orderPath + ` {"addressId":"addr_1","customer_id":"cust_1","estimateId":"` + estimateID + `","refundDestinationWalletAddressBsc":"0x1"}`,
			},
			stdout: checkedOut + "\n", stderr: estimatedItem + estimateShown,
		},
		{
			name: "flags win over standard input", args: []string{"checkout", "--file", "-", "--estimate-only", "--json", "--customer-id", "cust_2", "--item", "B1=3", "--item", "B2", "--retailer", "ebay"}, stdin: content, answers: checkoutAnswers(valid),
			asked:  []string{"POST " + estimatePath + ` {"customer_id":"cust_2","items":[{"productId":"B1","quantity":3,"retailer":"ebay"},{"productId":"B2","quantity":1,"retailer":"ebay"}]}`},
			stdout: valid + "\n",
		},
		{
			name: "cart", args: []string{"checkout", "--customer-id", "cust_1", "--cart", "--estimate-only", "--json"}, answers: checkoutAnswers(valid),
			asked: []string{"POST " + estimatePath + ` {"customer_id":"cust_1","useCart":true}`}, stdout: valid + "\n",
		},
		{
			name: "address refused", args: append(flags, "--yes"), answers: map[string]string{estimatePath: inData(valid), addressPath: "!400"}, asked: []string{asksEstimate, asksAddress}, code: exitFailed,
			stderr: estimatedItem + estimateShown + "pepay: setCheckoutAddress: 400 REFUSED: refused on purpose\n",
		},
	})
}

func TestCheckoutWrongUsage(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "order.json")
	if err := os.WriteFile(file, []byte(`{"customer_id":"c","itmes":[]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"nothing", nil, "--customer-id: say who orders"},
		{"no items", []string{"--customer-id", "c"}, "--item: say what to order"},
		{"no address", []string{"--customer-id", "c", "--item", "B1", "--yes"}, "say where to: --street"},
		{"items and cart", []string{"--customer-id", "c", "--item", "B1", "--cart", "--city", "x"}, "--cart: excludes --item"},
		{"no product", []string{"--customer-id", "c", "--item", "=1"}, "--item: write PRODUCT or PRODUCT=QUANTITY"},
		{"no quantity", []string{"--customer-id", "c", "--item", "B1=0"}, "--item: write PRODUCT or PRODUCT=QUANTITY, with a quantity from 1 to 99"},
		{"too many", []string{"--customer-id", "c", "--item", "B1=100"}, "with a quantity from 1 to 99"},
		{"quantity that is none", []string{"--customer-id", "c", "--item", "B1=" + canary}, "with a quantity from 1 to 99"},
		{"a member of the file is misspelled", []string{"--file", file}, `--file: unknown field "itmes"; see 'pepay checkout --help'`},
		{"no file", []string{"--file", "/nosuch/" + canary}, "--file: no such file"},
		{"two things on standard input", []string{"--file", "-", "--api-key-file", "-"}, "reads standard input already"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			pepayRun(t, at("http://127.0.0.1:1"), append([]string{"checkout"}, c.args...)...).wantError(t, exitUsage, c.want)
		})
	}
}
