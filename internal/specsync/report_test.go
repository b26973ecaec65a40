package main

import (
	"fmt"
	"html"
	"strings"
	"testing"
)

// The report becomes the text of a pull request and quotes foreign text. Wherever
// that stands, it notifies nobody, closes no issue and is no markup.
func TestReportIsHarmless(t *testing.T) {
	t.Parallel()
	for name, hostile := range map[string]struct {
		text   string
		absent []string // from the text as GitHub's filters see it
	}{
		"mention":         {"@octocat and @org/team", []string{"@octocat", "@org"}},
		"escaped mention": {"&#64;octocat", []string{"@octocat"}},
		"closing keyword": {"1.0 closes #1, Fixes GH-2, resolves owner/repo#3", []string{"closes #1", "GH-2", "repo#3"}},
		"bare link":       {"https://evil.example and www.evil.example", []string{"https://evil", "www.evil"}},
		"link":            {"[merge](https://evil.example) ![x](y)", []string{"](https", "](y"}},
		"element":         {"<img src=x> </details> <!-- x", []string{"<img", "</details> <", "<!--"}},
		"bold":            {"**approved** __yes__", []string{"**approved", "__yes"}},
		"lines":           {"a\n# Approved\r\n## b\u2028- c", []string{"\n# Approved", "\n## b", "\u2028"}},
		"ends the span":   {"`` @octocat `", []string{"`` @", "@octocat"}},
		"hidden":          {"a\u202eb\x00c\u200bd", []string{"\u202e", "\x00"}},
	} {
		for where, r := range map[string]*result{
			"source":    {Source: hostile.text},
			"openapi":   {Now: summary{OpenAPI: hostile.text}},
			"version":   {Before: summary{Version: hostile.text}, Now: summary{Version: hostile.text}},
			"path":      {Published: diff{Changes: []change{{Level: breaking, Operation: "GET", Path: hostile.text}}}},
			"section":   {Published: diff{Changes: []change{{Level: other, Section: hostile.text}}}},
			"text":      {Published: diff{Changes: []change{{Level: warning, Text: hostile.text}}}},
			"comment":   {Published: diff{Changes: []change{{Level: breaking, Text: "x", Comment: hostile.text}}}},
			"effective": {Effective: diff{Changes: []change{{Level: breaking, Text: hostile.text}}}},
			"oasdiff":   {Published: diff{Error: hostile.text}},
			"surface":   {SurfaceError: hostile.text},
		} {
			// GitHub's filters see text with its entities decoded.
			text := html.UnescapeString(string(r.markdown()))
			for _, bad := range hostile.absent {
				if strings.Contains(text, bad) {
					t.Errorf("%s in the %s: the report has %q", name, where, bad)
				}
			}
		}
	}
}

// The output of commands stays literal in a fence that it cannot end. Only mentions
// and issue references are broken up.
func TestFencesHold(t *testing.T) {
	t.Parallel()
	r := &result{
		Steps:   []step{{Name: generation, State: failed, Output: "```\n@everyone closes #1\n```\n$.a[?@.b] #/components"}},
		Surface: []surfaceChange{{Package: "pepay", Incompatible: []string{"@everyone", "````"}, Compatible: []string{"</details> @everyone"}}},
	}
	text := string(r.markdown())
	for _, want := range []string{"````text\n```\n", "\n$.a[?@.b] #/components\n````", "`````text\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("the report lacks %q:\n%s", want, text)
		}
	}
	for _, bad := range []string{"@everyone", "#1"} {
		if strings.Contains(text, bad) {
			t.Errorf("the report has %q:\n%s", bad, text)
		}
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
