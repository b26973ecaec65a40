package terminal_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode"

	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
)

func TestEscapeJSON(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, in, want string }{
		{"plain", `{"a":"b"}`, `{"a":"b"}`},
		{"letters of many scripts", `"grüße €9 你好 😀 áb"`, `"grüße €9 你好 😀 áb"`},
		{"an escape that is there", `"\u001b[2J"`, `"\u001b[2J"`},
		{"a C1 control character", "\"\u009b2J\"", `"\u009b2J"`},
		{"the first and the last C1", "\"\u0080\u009f\"", `"\u0080\u009f"`},
		{"DEL", "\"a\x7fb\"", `"a\u007fb"`},
		{"right-to-left override", "\"\u202etxt\"", `"\u202etxt"`},
		{"isolates", "\"\u2066\u2069\"", `"\u2066\u2069"`},
		{"zero width", "\"\u200b\ufeff\"", `"\u200b\ufeff"`},
		{"separators of lines", "\"\u2028\u2029\"", `"\u2028\u2029"`},
		{"a tag beyond the BMP", "\"\U000e0041\"", `"\udb40\udc41"`},
		{"the last character there is", "\"\U0010ffff\"", `"\udbff\udfff"`},
		{"a byte that is no UTF-8", "\"a\x9bb\"", `"a\ufffdb"`},
		{"in a name", "{\"\u202e\":1}", `{"\u202e":1}`},
		{"white space between values", "{\n\t\"a\": 1 }\r\n", "{\n\t\"a\": 1 }\r\n"},
		{"at both ends", "\u009bx\u009b", `\u009bx\u009b`},
		{"nothing", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			in := []byte(tc.in)
			if got := string(terminal.EscapeJSON(in)); got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
			if string(in) != tc.in {
				t.Error("the input was changed")
			}
		})
	}
}

func TestWriteJSON(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := terminal.WriteJSON(&out, map[string]string{"a": "<b>\u009b\n"}); err != nil {
		t.Fatal(err)
	}
	if want := `{"a":"<b>\u009b\n"}` + "\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
	if err := terminal.WriteJSON(&out, func() {}); err == nil {
		t.Error("a function was encoded")
	}
}

func TestWriteRawJSON(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := terminal.WriteRawJSON(&out, []byte("{\n  \"n\": 1.50e3,\n  \"a\": \"\u202e<\",\n  \"n\": 2\n}\n")); err != nil {
		t.Fatal(err)
	}
	if want := `{"n":1.50e3,"a":"\u202e<","n":2}` + "\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
	if err := terminal.WriteRawJSON(&out, []byte(`{"a":`)); err == nil {
		t.Error("half of an object was written")
	}
}

// What is written says the same, is valid, and moves no cursor.
func FuzzEscapeJSON(f *testing.F) {
	for _, text := range []string{`{"a":[1,"\u009b"]}`, "\"\u009b\u202e\x7f\"", "\"\x9b\"", `"\ud800"`, "\"\U000e0041\"", "[\n1]", "null"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var before, after any
		if json.Unmarshal(data, &before) != nil {
			t.Skip()
		}
		safe := terminal.EscapeJSON(data)
		if err := json.Unmarshal(safe, &after); err != nil || !reflect.DeepEqual(before, after) {
			t.Errorf("%q became %q: %v", data, safe, err)
		}
		if i := strings.IndexFunc(string(safe), func(r rune) bool { return !unicode.IsPrint(r) && !strings.ContainsRune("\n\r\t", r) }); i >= 0 {
			t.Errorf("%q shows %q", data, safe[i:])
		}
	})
}

func TestPrintable(t *testing.T) {
	t.Parallel()
	if got, want := terminal.Printable("a\x1b[2J\u009b\u202e\nb é"), "a [2J   b é"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
