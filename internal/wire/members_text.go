package wire

import (
	"encoding/binary"
	"unicode/utf8"
)

// text reads a string, quotes included, and reports whether it stands for
// itself: without escapes and with valid UTF-8 only.
func (m *Members) text() (plain bool) {
	m.at++
	start, escaped, ascii := m.at, false, true
	for {
		ascii = m.run() && ascii
		switch c := m.peek(); {
		case c == '"' && m.at < len(m.data):
			inner := m.data[start:m.at]
			m.at++
			return !escaped && (ascii || utf8.Valid(inner))
		case c == '\\':
			escaped = true
			m.escape()
		default: // a control character, or the end
			m.fail()
		}
		if m.err != nil {
			return false
		}
	}
}

// run reads up to the next quote, backslash or control character, eight bytes
// at a time, and reports whether all of them were ASCII. Most of an event is
// text, so this decides how fast an event is read.
func (m *Members) run() (ascii bool) {
	const (
		ones  = 0x0101010101010101
		highs = 0x8080808080808080
	)
	rest := m.data[m.at:]
	var seen uint64
	for len(rest) >= 8 {
		v := binary.LittleEndian.Uint64(rest)
		quote, slash := v^(ones*'"'), v^(ones*'\\')
		// The high bit of a byte is set where it is below 0x20, a quote or a
		// backslash; a borrow only reaches bytes behind one that is.
		if ((v-ones*0x20)|(quote-ones)|(slash-ones))&^v&highs != 0 {
			break
		}
		seen |= v
		rest = rest[8:]
	}
	n := 0
	for n < len(rest) && rest[n] >= 0x20 && rest[n] != '"' && rest[n] != '\\' {
		seen |= uint64(rest[n]) // the low byte stands for all of them
		n++
	}
	m.at = len(m.data) - len(rest) + n
	return seen&highs == 0
}

// escape reads a backslash and what it escapes.
func (m *Members) escape() {
	m.at++
	switch m.peek() {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		m.at++
	case 'u':
		m.at++
		for range 4 {
			if !isHex(m.peek()) {
				m.fail()
				return
			}
			m.at++
		}
	default:
		m.fail()
	}
}

func isHex(c byte) bool {
	return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
