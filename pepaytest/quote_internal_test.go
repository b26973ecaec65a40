package pepaytest

import "testing"

// Whoever pays the amount of a quote has paid enough: it is rounded up, to places that the
// token has.
func TestAmountOfAQuote(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		tokenID, millis int64
		want            string
	}{
		{1, 49_990, "49.990000"},
		{6, 49_990, "49.990000000"}, // 18 decimals, of which 9 are shown
		{7, 1, "0.000001579"},       // 0.00101 dollars / 640 = 0.000001578125
		{2, 49_990, "0.020195960"},
		{132, 1, "50.50000"}, // a token of 5 decimals
		{1, 0, "0.000000"},
	} {
		if got := tokenByID(tc.tokenID).amount(tc.millis); got != tc.want {
			t.Errorf("token %d for %d: %s, want %s", tc.tokenID, tc.millis, got, tc.want)
		}
	}
}
