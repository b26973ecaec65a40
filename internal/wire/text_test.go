package wire

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestOneLine(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in    string
		limit int
		want  string
	}{
		"plain":                {"no such event", 40, "no such event"},
		"empty":                {"", 40, ""},
		"line breaks":          {"a\r\nb\vc", 40, "a  b c"},
		"terminal escape":      {"\x1b[31mred\x1b[0m", 40, " [31mred [0m"},
		"C1 control":           {"a\u009bb", 40, "a b"},
		"line separator":       {"a\u2028b", 40, "a b"},
		"direction override":   {"a\u202eb", 40, "a b"},
		"delete":               {"a\x7fb", 40, "a b"},
		"exactly the limit":    {"12345", 5, "12345"},
		"one more":             {"123456", 5, "12…"},
		"cut inside of a rune": {"aéééé", 7, "aé…"},
		"invalid UTF-8":        {"a\xffb", 40, "a\ufffdb"},
		"limit of nothing":     {"abc", 0, ""},
		"no room for the mark": {"abc", 2, ""},
		"negative limit":       {"abc", -1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := OneLine(c.in, c.limit); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzOneLine(f *testing.F) {
	f.Add("a\r\nb\x1b[31m", 5)
	f.Add("\xff\xfe", 1)
	f.Add(strings.Repeat("é", 20), 11)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		got := OneLine(s, limit)
		if len(got) > max(0, limit) || !utf8.ValidString(got) || strings.ContainsFunc(got, unicode.IsControl) {
			t.Errorf("%q cut at %d is %q", s, limit, got)
		}
	})
}

func TestHasControl(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]bool{
		"": false, "plain": false, "é": false, "a b": false, "\u202e": false,
		"a\n": true, "\x00": true, "\x7f": true, "\u0085": true, "a\xff": true,
	} {
		if got := HasControl(in); got != want {
			t.Errorf("%q: got %t", in, got)
		}
	}
}
