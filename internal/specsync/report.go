package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"regexp"
	"strings"
	"text/template"
	"unicode"
)

const (
	// A pull request's text may have 65,536 characters.
	maxReport = 60_000
	maxOutput = 6_000
	maxItems  = 100
)

//go:embed report.md.tmpl
var reportText string

var reportTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"code":  code,
	"fence": fence,
	"lines": lines,
	"few":   few,
	"more":  more,
}).Parse(reportText))

// markdown renders the report.
func (r *result) markdown() []byte {
	var out bytes.Buffer
	if err := reportTemplate.Execute(&out, r); err != nil {
		panic(err) // the template and its data are both ours
	}
	text := out.Bytes()
	if len(text) > maxReport {
		text = append(bytes.ToValidUTF8(text[:maxReport:maxReport], nil), "\n\n(Cut here: the text of a pull request has a limit.)\n"...)
	}
	return text
}

// Advice is what the reviewer has to decide or do.
func (r *result) Advice() []string {
	var advice []string
	for _, s := range r.Steps {
		switch {
		case s.State != failed:
		case s.Name == generation:
			advice = append(advice, "Generation failed: change the action named below in `api/overlays`, then `make generate` and `make test`.")
		case s.Name == compilation:
			advice = append(advice, "The build failed: adapt the hand-written code named below.")
		default:
			advice = append(advice, fmt.Sprintf("The %s failed: client or simulator does not do what the document says now, see below.", s.Name))
		}
	}
	if len(r.Published.Breaking())+len(r.Effective.Breaking()) > 0 {
		advice = append(advice, "Breaking changes of the contract: decide whether they are intended; if not, ask Pepay.")
	}
	if r.Incompatible() > 0 {
		advice = append(advice, "The Go surface breaks programs: raise the minor version (the major one from 1.0 on) and name the changes in `CHANGELOG.md`.")
	}
	if r.Published.Has("endpoint-added") && r.Effective.Error == "" {
		advice = append(advice, "New operations can be called through `client.API()` at once; one that deserves a friendly method gets it in `wrapper/`.")
	}
	if len(advice) == 0 {
		advice = append(advice, "Nothing by hand: merge when CI has passed.")
	}
	return advice
}

// code shows foreign text as a code span. GitHub finds no markup, mentions,
// references or links in one. A backtick would end the span and a bar the cell of a
// table, so both are replaced. Markup is broken up as well, as a second defence.
func code(v string) string {
	v = strings.NewReplacer("`", "'", "|", "¦").Replace(strings.Join(strings.Fields(harmless(v)), " "))
	if v == "" {
		return "(none)"
	}
	return "`` " + breakUp(markup, v) + " ``"
}

var (
	// reference matches mentions of people and references to issues.
	reference = regexp.MustCompile(`@\w|#\d|(?i:\bGH-)\d`)
	// markup matches links, elements and bold text.
	markup = regexp.MustCompile(`://|\bwww\.|\]\(|<[\w/!]|&[#\w]|\*\*|__`)
)

// harmless breaks up mentions and issue references, and removes characters that hide
// text.
func harmless(v string) string {
	return breakUp(reference, strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == '\u2028', r == '\u2029':
			return ' '
		}
		return r
	}, v))
}

// breakUp puts an invisible space before the last character of each match.
func breakUp(pattern *regexp.Regexp, v string) string {
	return pattern.ReplaceAllStringFunc(v, func(found string) string {
		last := len(found) - 1
		return found[:last] + "\u200b" + found[last:]
	})
}

// fence shows text as it is, whatever backticks it has. Of a long text the
// beginning stays: that is where errors name their cause.
func fence(text string) string {
	if len(text) > maxOutput {
		text = strings.ToValidUTF8(text[:maxOutput], "") + "\n…"
	}
	text = harmless(text)
	marks := "```"
	for strings.Contains(text, marks) {
		marks += "`"
	}
	return marks + "text\n" + text + "\n" + marks
}

func lines(list []string) string {
	if len(list) > maxItems {
		list = append(list[:maxItems:maxItems], fmt.Sprintf("… and %d more", len(list)-maxItems))
	}
	return strings.Join(list, "\n")
}

func few(changes []change) []change { return changes[:min(len(changes), maxItems)] }

func more(changes []change) string {
	if len(changes) <= maxItems {
		return ""
	}
	return fmt.Sprintf("\n- … and %d more", len(changes)-maxItems)
}
