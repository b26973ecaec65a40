package main

import (
	"fmt"
	"strings"
	"testing"
)

// The report becomes the text of a pull request and quotes what others wrote.
func TestReportIsHarmless(t *testing.T) {
	t.Parallel()
	r := &result{
		Source: "https://example.com/x|y",
		Published: diff{Changes: []change{{
			ID: "x", Level: breaking, Operation: "GET", Path: "/a\n# Approved`@here", Text: "@everyone <img src=x> [merge](https://example.com)", Comment: "a\n\n## b",
		}}},
		Steps: []step{{Name: generation, State: failed, Output: "```\n@everyone\n```"}},
	}
	text := string(r.markdown())
	for _, bad := range []string{"\n# Approved", "<img", "](https", "\n## b", "`@"} {
		if strings.Contains(text, bad) {
			t.Errorf("the report has %q:\n%s", bad, text)
		}
	}
	if n := strings.Count(text, "@everyone"); n != 1 || !strings.Contains(text, "````text\n```\n@everyone\n```\n````") {
		t.Errorf("@everyone stands %d times, want once and in the fence:\n%s", n, text)
	}
}

func TestReportIsBounded(t *testing.T) {
	t.Parallel()
	r := &result{Steps: []step{{Name: generation, State: failed, Output: strings.Repeat("é", maxReport)}}}
	for i := range 5000 {
		c := change{Text: fmt.Sprintf("change %d %s", i, strings.Repeat("x", 500)), Level: level(1 + i%3)}
		r.Published.Changes = append(r.Published.Changes, c)
		r.Surface = append(r.Surface, surfaceChange{Package: "pepay", Incompatible: []string{c.Text}})
	}
	text := string(r.markdown())
	if len(text) > maxReport+100 || !strings.Contains(text, "Cut here") {
		t.Errorf("%d bytes", len(text))
	}
	if !strings.Contains(text, "more") {
		t.Error("nothing says that changes are left out")
	}
}

func TestNothingToDo(t *testing.T) {
	t.Parallel()
	r := &result{Steps: []step{{Name: generation, State: passed}}}
	if advice := strings.Join(r.Advice(), ""); !strings.Contains(advice, "Nothing by hand") {
		t.Errorf("got %q", advice)
	}
}
