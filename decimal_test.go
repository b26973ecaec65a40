package pepay

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"
)

// decimal is for tests, where the text is known to be a number.
func decimal(t *testing.T, text string) Decimal {
	t.Helper()
	if text == "" {
		return Decimal{}
	}
	d, err := ParseDecimal(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDecimalKeepsItsText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"0", "0.00", "-0", "9", "9.00", "9.990", "-12.50", "0.1", "1e3", "1E3", "1e+3", "1e-7", "1.5e18", "1e-18",
		strings.Repeat("9", 40), "0." + strings.Repeat("1", 40), "-" + strings.Repeat("9", 20) + "." + strings.Repeat("9", 20),
	} {
		d, err := ParseDecimal(text)
		if err != nil || d.String() != text || d.IsZero() {
			t.Errorf("%s: %v, %v", text, d, err)
		}
		for _, sent := range []string{text, `"` + text + `"`, ` ` + text + ` `} {
			var decoded Decimal
			if err := json.Unmarshal([]byte(sent), &decoded); err != nil || decoded != d {
				t.Errorf("%s decodes as %v, %v", sent, decoded, err)
			}
		}
		if encoded, err := json.Marshal(map[string]Decimal{"a": d}); err != nil || string(encoded) != `{"a":`+text+`}` {
			t.Errorf("%s encodes as %s, %v", text, encoded, err)
		}
	}
}

func TestDecimalRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"nothing": "", "text": "canary", "NaN": "NaN", "infinity": "Inf", "plus": "+1", "space": " 1", "space after": "1 ",
		"comma": "1,50", "thousands": "1 000", "underscore": "1_000", "hexadecimal": "0x10", "no whole": ".5", "no fraction": "1.",
		"leading zero": "01", "two signs": "--1", "two points": "1.2.3", "no exponent": "1e", "two exponents": "1e1e1",
		"exponent with two signs": "1e+-1", "exponent with a point": "1e1.5", "exponent of 19": "1e19", "exponent of -19": "1e-19",
		"endless exponent": "1e" + strings.Repeat("9", 100), "41 digits": strings.Repeat("9", 41), "41 places": "0." + strings.Repeat("0", 40) + "1",
		"other digits": "١٢", "minus alone": "-", "a line": "1\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := ParseDecimal(text)
			if !errors.Is(err, ErrInvalidArgument) || !d.IsZero() || strings.Contains(err.Error(), "canary") {
				t.Errorf("got %v, %v", d, err)
			}
			if text == "" {
				return // decodes: TestDecimalUnset
			}
			quoted, err := json.Marshal(text)
			if err != nil {
				t.Fatal(err)
			}
			before := DecimalFromMillis(1)
			if err := json.Unmarshal(quoted, &before); err == nil || before != DecimalFromMillis(1) {
				t.Errorf("%s decodes as %v, %v", quoted, before, err)
			}
		})
	}
	for _, sent := range []string{`true`, `{}`, `[1]`, `"\u0031x"`} {
		if err := json.Unmarshal([]byte(sent), new(Decimal)); err == nil {
			t.Errorf("%s decodes", sent)
		}
	}
}

func TestDecimalUnset(t *testing.T) {
	t.Parallel()
	type request struct {
		Required Decimal `json:"required"`
		Optional Decimal `json:"optional,omitempty,omitzero"`
	}
	if got, err := json.Marshal(request{}); err != nil || string(got) != `{"required":0}` {
		t.Errorf("%s, %v", got, err)
	}
	zero := decimal(t, "0.00")
	if got, err := json.Marshal(request{zero, zero}); err != nil || string(got) != `{"required":0.00,"optional":0.00}` {
		t.Errorf("%s, %v", got, err)
	}
	if !(Decimal{}).IsZero() || zero.IsZero() || zero.Sign() != 0 || (Decimal{}).Sign() != 0 || (Decimal{}).String() != "0" || (Decimal{}).Cmp(zero) != 0 {
		t.Error("unset and 0 are the same number, and not the same")
	}
	for _, sent := range []string{`null`, `""`} {
		d := DecimalFromMillis(5)
		if err := json.Unmarshal([]byte(`{"required":`+sent+`}`), &struct{ Required *Decimal }{&d}); err != nil {
			t.Errorf("%s: %v", sent, err)
		}
		if err := d.UnmarshalJSON([]byte(sent)); err != nil || !d.IsZero() {
			t.Errorf("%s decodes as %v, %v", sent, d, err)
		}
	}
}

func TestDecimalMillis(t *testing.T) {
	t.Parallel()
	for millis, text := range map[int64]string{
		0: "0.000", 1: "0.001", -1: "-0.001", 999: "0.999", 1000: "1.000", 9990: "9.990", -12500: "-12.500",
		math.MaxInt64: "9223372036854775.807", math.MinInt64: "-9223372036854775.808",
	} {
		d := DecimalFromMillis(millis)
		if back, err := d.Millis(); d.String() != text || back != millis || err != nil {
			t.Errorf("%d is %s and back %d, %v; want %s", millis, d, back, err, text)
		}
	}
	for text, want := range map[string]int64{"49": 49000, "9.99": 9990, "1e-3": 1, "1.5e3": 1500000, "0.0010": 1, "-0": 0, "": 0, "10e-1": 1000} {
		if got, err := decimal(t, text).Millis(); err != nil || got != want {
			t.Errorf("%s is %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"0.0001", "9.9999", "1e-4", "9223372036854775.808", "-9223372036854775.809", "1e18", strings.Repeat("9", 40)} {
		if got, err := decimal(t, text).Millis(); !errors.Is(err, ErrInvalidArgument) {
			t.Errorf("%s is %d, %v", text, got, err)
		}
	}
}

func TestDecimalCmpAndFloat64(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		x, y string
		want int
	}{
		{"9", "9.00", 0}, {"9.01", "9", 1}, {"-1", "1", -1}, {"-1", "-2", 1}, {"1e3", "1000", 0}, {"1e-18", "0", 1}, {"-0", "0", 0},
		{"1e18", "999999999999999999.9", 1}, {"0.1", "0.10000000000000000555", -1}, {"", "0", 0}, {"", "-1", 1},
	} {
		x, y := decimal(t, c.x), decimal(t, c.y)
		if x.Cmp(y) != c.want || y.Cmp(x) != -c.want {
			t.Errorf("%s and %s: %d and %d, want %d", x, y, x.Cmp(y), y.Cmp(x), c.want)
		}
	}
	for text, want := range map[string]float64{"": 0, "0.1": 0.1, "-2.5": -2.5, "1e18": 1e18} {
		if got := decimal(t, text).Float64(); got != want {
			t.Errorf("%s is %g", text, got)
		}
	}
	for text, want := range map[string]int{"-0.01": -1, "0e5": 0, "0.01": 1} {
		if got := decimal(t, text).Sign(); got != want {
			t.Errorf("the sign of %s is %d", text, got)
		}
	}
}

func TestDecimalIsText(t *testing.T) {
	t.Parallel()
	d := decimal(t, "9.00")
	if got := fmt.Sprintf("%v %s", d, d); got != "9.00 9.00" {
		t.Errorf("prints %s", got)
	}
	var back Decimal
	if text, err := d.MarshalText(); err != nil || back.UnmarshalText(text) != nil || back != d {
		t.Errorf("%s, %v, %v", text, back, err)
	}
	if err := back.UnmarshalText([]byte("x")); err == nil || back != d {
		t.Errorf("%v, %v", back, err)
	}
}

// What is accepted is a JSON number, goes through JSON unchanged, and compares as
// big.Rat does.
func FuzzDecimal(f *testing.F) {
	for _, seed := range []string{"0", "-0.00", "9.00", "1e-18", "1E+18", "01", "+1", ".5", "5.", "NaN", "0x1", "1e", strings.Repeat("9", 41)} {
		f.Add(seed, "1.5")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		x, err := ParseDecimal(a)
		if err != nil {
			return
		}
		if !json.Valid([]byte(a)) {
			t.Fatalf("%q is accepted and no JSON number", a)
		}
		encoded, err := json.Marshal(x)
		var decoded Decimal
		if err != nil || string(encoded) != a || json.Unmarshal(encoded, &decoded) != nil || decoded != x {
			t.Fatalf("%q encodes as %s (%v) and decodes as %v", a, encoded, err, decoded)
		}
		if millis, err := x.Millis(); err == nil && DecimalFromMillis(millis).Cmp(x) != 0 {
			t.Fatalf("%q in thousandths is %d", a, millis)
		}
		y, err := ParseDecimal(b)
		if err != nil {
			return
		}
		left, _ := new(big.Rat).SetString(a)
		right, _ := new(big.Rat).SetString(b)
		if got, want := x.Cmp(y), left.Cmp(right); got != want {
			t.Fatalf("%q and %q compare as %d, want %d", a, b, got, want)
		}
	})
}
