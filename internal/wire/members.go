package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// maxDepth is how deep encoding/json lets objects and arrays nest.
const maxDepth = 10_000

// ErrNotObject is text that is no JSON object, where one was expected.
var ErrNotObject = errors.New("it is not a JSON object")

// Members goes through the members of a JSON object, without reflection and
// without allocating. It accepts what encoding/json accepts and nothing else,
// in one pass:
//
//	m := wire.NewMembers(data)
//	for m.Next() {
//		switch string(m.Key()) {
//		case "id":
//			id = m.Value()
//		case "data":
//			if m.Enter() {
//				for m.Next() { … }
//			}
//		}
//	}
//	err := m.Close()
//
// A value that is neither read nor entered is checked and skipped. A loop over
// an object that was entered runs to its end.
type Members struct {
	data  []byte
	at    int // the next byte to read
	depth int // objects and arrays that are open
	state state
	key   []byte
	err   error
}

type state byte

const (
	atValue  state = iota // in front of a value that nobody has read yet
	inEmpty               // behind the brace that opens an object
	behind                // behind a member
	finished              // behind the outermost object
)

// NewMembers stands in front of the first member of data.
func NewMembers(data []byte) Members {
	m := Members{data: data}
	m.space()
	if !m.Enter() {
		m.err = ErrNotObject
	}
	return m
}

// Next goes to the next member of the object and reports whether there is one.
func (m *Members) Next() bool {
	if m.state == atValue && m.err == nil {
		m.skip()
	}
	if m.err != nil || m.state == finished {
		return false
	}
	m.space()
	switch c := m.peek(); {
	case c == '}':
		m.at++
		m.leave()
		return false
	case m.state == inEmpty && c == '"':
	case m.state == behind && c == ',':
		m.at++
		m.space()
		if m.peek() != '"' {
			m.fail()
			return false
		}
	default:
		m.fail()
		return false
	}
	return m.member()
}

// Key is the name of the member, good until the data changes.
func (m *Members) Key() []byte { return m.key }

// Value reads the value of the member and returns it as it stands in the data.
// It is nil when it is not JSON; Close has the error.
func (m *Members) Value() []byte {
	if m.state != atValue || m.err != nil {
		return nil
	}
	start := m.at
	m.skip()
	if m.err != nil {
		return nil
	}
	return m.data[start:m.at:m.at]
}

// Enter goes into the value of the member if that is an object, and reports
// whether it is. Next then goes through the members of that object, and after
// their end through those of the outer one.
func (m *Members) Enter() bool {
	if m.state != atValue || m.err != nil || m.peek() != '{' {
		return false
	}
	m.at++
	if m.depth++; m.depth > maxDepth {
		m.err = errDepth
		return false
	}
	m.state = inEmpty
	return true
}

// Close reads to the end of the data and reports what is wrong with it:
// [ErrNotObject], or where it stops being JSON.
func (m *Members) Close() error {
	for m.err == nil && m.state != finished {
		m.Next()
	}
	if m.err == nil {
		m.space()
		if m.at < len(m.data) {
			m.fail()
		}
	}
	return m.err
}

var errDepth = errors.New("JSON is nested too deeply")

func (m *Members) fail() {
	if m.err != nil {
		return
	}
	if m.at >= len(m.data) {
		m.err = errors.New("JSON ends too early")
		return
	}
	m.err = fmt.Errorf("JSON is invalid at byte %d", m.at)
}

// leave ends the innermost object.
func (m *Members) leave() {
	m.depth--
	m.state = behind
	if m.depth == 0 {
		m.state = finished
	}
}

// member reads a key and the colon behind it.
func (m *Members) member() bool {
	start := m.at
	plain := m.text()
	if m.err != nil {
		return false
	}
	m.key = m.data[start+1 : m.at-1]
	if !plain {
		m.key = []byte(unquote(m.data[start:m.at]))
	}
	m.space()
	if m.peek() != ':' {
		m.fail()
		return false
	}
	m.at++
	m.space()
	m.state = atValue
	return true
}

// peek is the next byte, 0 at the end: no JSON has one outside of a string.
func (m *Members) peek() byte {
	if m.at < len(m.data) {
		return m.data[m.at]
	}
	return 0
}

func (m *Members) space() {
	for m.at < len(m.data) {
		switch m.data[m.at] {
		case ' ', '\t', '\r', '\n':
			m.at++
		default:
			return
		}
	}
}

// skip reads over a whole value.
func (m *Members) skip() {
	m.value()
	m.state = behind
}

func (m *Members) value() {
	switch c := m.peek(); {
	case c == '"':
		m.text()
	case c == '{':
		m.nested('}')
	case c == '[':
		m.nested(']')
	case c == '-' || isDigit(c):
		m.number()
	case c == 't':
		m.word("true")
	case c == 'f':
		m.word("false")
	case c == 'n':
		m.word("null")
	default:
		m.fail()
	}
}

// nested reads an object or an array, which closing ends.
func (m *Members) nested(closing byte) {
	if m.depth++; m.depth > maxDepth {
		m.err = errDepth
		return
	}
	m.at++
	m.space()
	if m.peek() == closing {
		m.at++
		m.depth--
		return
	}
	for m.err == nil {
		if closing == '}' && !m.nestedKey() {
			return
		}
		m.value()
		m.space()
		switch {
		case m.err != nil:
			return
		case m.peek() == closing:
			m.at++
			m.depth--
			return
		case m.peek() != ',':
			m.fail()
			return
		}
		m.at++
		m.space()
	}
}

func (m *Members) nestedKey() bool {
	if m.peek() != '"' {
		m.fail()
		return false
	}
	m.text()
	m.space()
	if m.err == nil && m.peek() != ':' {
		m.fail()
	}
	m.at++
	m.space()
	return m.err == nil
}

func (m *Members) word(want string) {
	if !bytes.HasPrefix(m.data[m.at:], []byte(want)) {
		for i := 0; m.peek() == want[i]; i++ {
			m.at++
		}
		m.fail()
		return
	}
	m.at += len(want)
}

func (m *Members) number() {
	if m.peek() == '-' {
		m.at++
	}
	if m.peek() == '0' {
		m.at++
	} else {
		m.digits()
	}
	if m.peek() == '.' {
		m.at++
		m.digits()
	}
	if c := m.peek(); c == 'e' || c == 'E' {
		m.at++
		if c := m.peek(); c == '+' || c == '-' {
			m.at++
		}
		m.digits()
	}
}

// digits reads one or more.
func (m *Members) digits() {
	if !isDigit(m.peek()) {
		m.fail()
		return
	}
	for isDigit(m.peek()) {
		m.at++
	}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// IsNumber reports whether text is a number in JSON's grammar.
func IsNumber(text []byte) bool {
	m := Members{data: text}
	if c := m.peek(); c != '-' && !isDigit(c) {
		return false
	}
	m.number()
	return m.err == nil && m.at == len(text)
}

// Unquote is the text of a JSON string, and false for any other value.
func Unquote(value []byte) (string, bool) {
	if len(value) < 2 || value[0] != '"' {
		return "", false
	}
	inner := value[1 : len(value)-1]
	if bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
		return string(inner), true
	}
	return unquote(value), true
}

// unquote leaves escapes and invalid UTF-8 to encoding/json.
func unquote(value []byte) string {
	var text string
	_ = json.Unmarshal(value, &text) // it was checked before
	return text
}
