package main

import (
	"bytes"
	"go/format"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// done marks a file that has been rewritten. A second time would take the first word
// of "Price of one" for the name of the field.
const done = "// The doc comments are rewritten by doccomments."

var (
	field    = regexp.MustCompile("^(\t+)(\\w+) +(\\S+) +`.*`$")
	typeDecl = regexp.MustCompile(`^type (\w+)\b`)
	// sends is the first line of the comment of a method of the raw client, which ends
	// with the summary of the operation.
	sends    = regexp.MustCompile(`^// \w+ sends [A-Z]+ /.*[^.!?]$`)
	typeWord = regexp.MustCompile(`[A-Za-z_]\w*`)
)

// rewrite returns generated Go text with the doc comments of types and fields
// rewritten, and the rest as it was.
func rewrite(generated []byte) ([]byte, error) {
	if bytes.Contains(generated, []byte("\n"+done+"\n")) {
		return generated, nil
	}
	lines := strings.Split(string(generated), "\n")
	described := descriptions(lines)
	var out []string
	for i := 0; i < len(lines); {
		end := endOfComment(lines, i)
		if end == i || end == len(lines) {
			out = append(out, lines[i])
			i++
			continue
		}
		comment, declaration := lines[i:end], lines[end]
		if match := typeDecl.FindStringSubmatch(declaration); match != nil {
			comment = ofType(comment, match[1])
		} else if match := field.FindStringSubmatch(declaration); match != nil {
			comment = ofField(comment, match[2])
			if repeats(comment, match[3], described) {
				comment = nil
				if blank := len(out) - 1; out[blank] == "" { // it set the comment off
					out = out[:blank]
				}
			}
		}
		if len(comment) > 0 && sends.MatchString(comment[0]) {
			comment[0] += "."
		}
		out = append(out, comment...)
		i = end
	}
	text := strings.Join(out, "\n")
	header, rest, _ := strings.Cut(text, "\n")
	return format.Source([]byte(header + "\n" + done + "\n" + rest))
}

// endOfComment is the index after the comment that begins at i: i itself if none does.
func endOfComment(lines []string, i int) int {
	for i < len(lines) && strings.HasPrefix(strings.TrimLeft(lines[i], "\t"), "//") {
		i++
	}
	return i
}

// descriptions are the first lines of the comments of types, without their names.
func descriptions(lines []string) map[string]string {
	found := map[string]string{}
	for i := 0; i < len(lines); i++ {
		end := endOfComment(lines, i)
		if end == i || end == len(lines) {
			continue
		}
		if match := typeDecl.FindStringSubmatch(lines[end]); match != nil {
			found[match[1]] = strings.TrimPrefix(lines[i], "// "+match[1]+" ")
		}
		i = end
	}
	return found
}

// ofType puts a colon between the name of a type and its description.
func ofType(comment []string, name string) []string {
	description, ok := strings.CutPrefix(comment[0], "// "+name+" ")
	switch {
	case !ok || isSentence(description):
		return comment
	case strings.HasPrefix(description, "defines model for "):
		comment = comment[1:]
		if len(comment) > 0 && comment[0] == "//" {
			comment = comment[1:]
		}
		return comment
	}
	return append([]string{"// " + name + ": " + lowerFirst(description)}, comment[1:]...)
}

// isSentence tells whether a name and a description are a sentence already: those of
// our templates are, and begin with a word in lower case.
func isSentence(description string) bool {
	first, _ := utf8.DecodeRuneInString(description)
	return unicode.IsLower(first) && !strings.HasPrefix(description, "defines model for ")
}

// lowerFirst makes the first letter small, if it begins a word and not a name such as
// US or ID.
func lowerFirst(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	second, _ := utf8.DecodeRuneInString(s[size:])
	if unicode.IsUpper(second) || unicode.IsDigit(second) || strings.HasPrefix(s, "Pepay") {
		return s
	}
	return string(unicode.ToLower(first)) + s[size:]
}

// ofField takes the name of a field from the beginning of its comment.
func ofField(comment []string, name string) []string {
	indent, text, _ := strings.Cut(comment[0], "//")
	description, ok := strings.CutPrefix(text, " "+name+" ")
	if !ok {
		return comment
	}
	return append([]string{indent + "// " + description}, comment[1:]...)
}

// repeats tells whether the comment of a field is that of its type.
func repeats(comment []string, fieldType string, described map[string]string) bool {
	if len(comment) != 1 {
		return false
	}
	_, text, _ := strings.Cut(comment[0], "// ")
	for _, word := range typeWord.FindAllString(fieldType, -1) {
		if described[word] != "" && described[word] == text {
			return true
		}
	}
	return false
}
