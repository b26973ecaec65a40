// Package layout prints values by Go templates, as --format of the commands takes them.
package layout

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/template"
	"text/template/parse"
	"unicode"
)

// Layout is a template. It is safe for concurrent use.
type Layout struct{ template *template.Template }

// The errors of [Parse].
var (
	ErrSyntax  = errors.New("write a Go template")
	ErrUnknown = errors.New("the template has a field or function that there is not")
)

// Parse reads a template for values such as sample. A template that asks for what sample
// has not is found here, before anything is printed. Templates have the function json.
func Parse(text string, sample any) (*Layout, error) {
	parsed, err := template.New("format").Funcs(template.FuncMap{"json": encoded}).Parse(text)
	if err != nil || text == "" {
		return nil, ErrSyntax
	}
	if err := parsed.Execute(io.Discard, sample); err != nil {
		return nil, ErrUnknown
	}
	for _, t := range parsed.Templates() {
		if t.Tree != nil {
			keepLines(t.Root)
		}
	}
	return &Layout{parsed.Funcs(template.FuncMap{inLine: oneLine})}, nil
}

// Write prints a value and a line end, in one write. What would move a cursor is replaced,
// except for the tabs and line ends that the template itself has.
func (l *Layout) Write(w io.Writer, value any) error {
	var line bytes.Buffer
	if err := l.template.Execute(&line, value); err != nil {
		return err
	}
	_, err := io.WriteString(w, shown(line.String())+"\n")
	return err
}

func encoded(value any) (string, error) {
	text, err := json.Marshal(value)
	return string(text), err
}

// inLine is the name of oneLine in templates; users cannot write it.
const inLine = "_oneLine"

// oneLine is the text of a value without tabs and line ends, so that a value cannot look
// like more fields or lines than there are.
func oneLine(value any) string {
	text := "<no value>" // as text/template prints nil
	if value != nil {
		text = fmt.Sprint(value)
	}
	return strings.NewReplacer("\t", " ", "\n", " ").Replace(text)
}

// keepLines pipes what a template prints through oneLine, except for its own literals,
// such as {{"\t"}}.
func keepLines(node parse.Node) {
	switch n := node.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, child := range n.Nodes {
				keepLines(child)
			}
		}
	case *parse.ActionNode:
		if len(n.Pipe.Decl) == 0 && !isLiteral(n.Pipe) {
			name := parse.NewIdentifier(inLine).SetTree(nil).SetPos(n.Pos)
			n.Pipe.Cmds = append(n.Pipe.Cmds, &parse.CommandNode{NodeType: parse.NodeCommand, Pos: n.Pos, Args: []parse.Node{name}})
		}
	case *parse.IfNode:
		keepLines(n.List)
		keepLines(n.ElseList)
	case *parse.RangeNode:
		keepLines(n.List)
		keepLines(n.ElseList)
	case *parse.WithNode:
		keepLines(n.List)
		keepLines(n.ElseList)
	}
}

func isLiteral(pipe *parse.PipeNode) bool {
	return len(pipe.Cmds) == 1 && len(pipe.Cmds[0].Args) == 1 && pipe.Cmds[0].Args[0].Type() == parse.NodeString
}

func shown(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) && r != '\t' && r != '\n' {
			return ' '
		}
		return r
	}, text)
}
