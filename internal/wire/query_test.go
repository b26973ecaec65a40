package wire

import (
	"net/url"
	"slices"
	"testing"
)

func TestEscapeQuery(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                          "",
		"a=b&c=d+e":                 "a=b&c=d+e",
		"a=b%20c":                   "a=b%20c",
		"name=a b":                  "name=a%20b",
		"a=%":                       "a=%25",
		"a=%zz%2":                   "a=%25zz%252",
		"a=%+1":                     "a=%25+1",
		"a=1;b=2":                   "a=1%3Bb=2",
		"created[gte]=1":            "created%5Bgte%5D=1",
		"a=é":                       "a=%C3%A9",
		"a=\xff":                    "a=%FF",
		"a=\r\nX: y":                "a=%0D%0AX:%20y",
		"a=<\"'>|\\^`{}#":           "a=%3C%22'%3E%7C%5C%5E%60%7B%7D%23",
		"a=-._~!$&'()*+,=:@/?":      "a=-._~!$&'()*+,=:@/?",
		"x=\x00\x7f":                "x=%00%7F",
		"expand=a,b&expand=c|d%7Ce": "expand=a,b&expand=c%7Cd%7Ce",
	} {
		if got := EscapeQuery(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

// Escaping keeps the meaning and changes nothing the second time.
func FuzzEscapeQuery(f *testing.F) {
	f.Add("name=a b&c=%zz;d")
	f.Add("a=\xff%e9%")
	f.Fuzz(func(t *testing.T, raw string) {
		got := EscapeQuery(raw)
		if EscapeQuery(got) != got {
			t.Errorf("%q is escaped again", got)
		}
		if slices.ContainsFunc([]byte(got), func(c byte) bool { return c <= ' ' || c >= 0x7f || c == '#' }) {
			t.Errorf("%q became %q", raw, got)
		}
		values, err := url.ParseQuery(got)
		if err != nil {
			t.Fatalf("%q became %q: %v", raw, got, err)
		}
		if want, err := url.ParseQuery(raw); err == nil && values.Encode() != want.Encode() {
			t.Errorf("%q became %q, which means something else", raw, got)
		}
	})
}
