package pepay

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestTimestampDecodes(t *testing.T) {
	t.Parallel()
	want := time.Date(2025, 12, 21, 12, 34, 56, 0, time.UTC)
	for _, c := range []struct {
		name, in string
		want     time.Time
	}{
		{"integer", `1766320496`, want},
		{"float", `1766320496.0`, want},
		{"float with a fraction", `1766320496.25`, want.Add(250 * time.Millisecond)},
		{"exponent", `1.766320496e9`, want},
		{"numeric string", `"1766320496"`, want},
		{"RFC 3339", `"2025-12-21T12:34:56Z"`, want},
		{"RFC 3339 with milliseconds", `"2025-12-21T12:34:56.000Z"`, want},
		{"RFC 3339 with an offset", `"2025-12-21T14:34:56+02:00"`, want},
		{"milliseconds", `1766320496000`, want},
		{"milliseconds, in quotes", `"1766320496250"`, want.Add(250 * time.Millisecond)},
		{"milliseconds with a fraction", `1766320496250.5`, want.Add(250500 * time.Microsecond)},
		{"most seconds", `100000000000`, time.Unix(100000000000, 0)},
		{"without a zone", `"2025-12-21T12:34:56"`, want},
		{"without a zone, with milliseconds", `"2025-12-21T12:34:56.250"`, want.Add(250 * time.Millisecond)},
		{"with a space", `"2025-12-21 12:34:56"`, want},
		{"with a space and a zone", `"2025-12-21 13:34:56+01:00"`, want},
		{"negative", `-1`, time.Unix(-1, 0)},
		{"negative fraction", `-0.5`, time.Unix(-1, 5e8)},
		{"epoch", `0`, time.Unix(0, 0)},
		{"null", `null`, time.Time{}},
		{"empty", `""`, time.Time{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := Timestamp{time.Now()}
			if err := json.Unmarshal([]byte(c.in), &got); err != nil {
				t.Fatal(err)
			}
			if !got.Equal(c.want) || got.Location() != time.UTC {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestTimestampRefuses(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{
		"text":            `"canary-soon"`,
		"date only":       `"2025-12-21"`,
		"object":          `{}`,
		"array":           `[1766320496]`,
		"boolean":         `true`,
		"NaN":             `"NaN"`,
		"infinity":        `"Inf"`,
		"beyond a float":  `1e400`,
		"year 10000":      `253402300800000`,
		"nanoseconds":     `1766320496000000000`,
		"beyond an int64": `99999999999999999999`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got Timestamp
			err := json.Unmarshal([]byte(in), &got)
			if err == nil {
				t.Fatalf("decoded as %s", got)
			}
			if strings.Contains(err.Error(), "canary") {
				t.Errorf("the error repeats the value: %v", err)
			}
		})
	}
}

func TestTimestampEncodes(t *testing.T) {
	t.Parallel()
	for want, in := range map[string]Timestamp{
		`1766320496`: {time.Unix(1766320496, 999)},
		`0`:          {time.Unix(0, 0)},
		`null`:       {},
		// More would be read as milliseconds.
		`100000000000`:    {time.Unix(1e11, 0)},
		`100000000001000`: {time.Unix(1e11+1, 0)},
	} {
		got, err := json.Marshal(in)
		if err != nil || string(got) != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
}

func FuzzTimestamp(f *testing.F) {
	for _, seed := range []string{`1766320496`, `1766320496.25`, `"2025-12-21T12:34:56.000Z"`, `"1766320496"`, `null`, `-1e12`, `"\u0000"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		var first, second Timestamp
		if json.Unmarshal(in, &first) != nil {
			return
		}
		encoded, err := json.Marshal(first)
		if err != nil {
			t.Fatalf("decoded %q as %s, which does not encode: %v", in, first, err)
		}
		if err := json.Unmarshal(encoded, &second); err != nil || second.Unix() != first.Unix() {
			t.Errorf("%q became %s, then %s: %v", in, first, second, err)
		}
	})
}
