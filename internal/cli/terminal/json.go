package terminal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// WriteJSON writes v as JSON in one line, by one write. It is safe to show on a
// terminal: see [EscapeJSON].
func WriteJSON(w io.Writer, v any) error {
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(EscapeJSON(line.Bytes()))
	return err
}

// WriteRawJSON writes JSON that came from elsewhere as [WriteJSON] does, without
// decoding it: unknown members, their order and the digits of numbers stay.
func WriteRawJSON(w io.Writer, raw []byte) error {
	var line bytes.Buffer
	if err := json.Compact(&line, raw); err != nil {
		return err
	}
	line.WriteByte('\n')
	_, err := w.Write(EscapeJSON(line.Bytes()))
	return err
}

// EscapeJSON writes the characters of JSON that a terminal does not print as \u
// escapes: control characters beyond ASCII (U+009B begins a command on some
// terminals), DEL, and characters that are invisible or turn the direction of the
// text. JSON has them in strings only, so that the result says the same. Bytes that
// are not UTF-8 become \ufffd, which is what decoders make of them. ASCII control
// characters stay: valid JSON has them between its values only, as white space.
func EscapeJSON(data []byte) []byte {
	safe := data[:0:0]
	kept := 0 // data up to here is in safe, where safe is not empty
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if invalid := r == utf8.RuneError && size == 1; invalid || !isShown(r) {
			safe = appendEscaped(append(safe, data[kept:i]...), r)
			kept = i + size
		}
		i += size
	}
	if kept == 0 {
		return data
	}
	return append(safe, data[kept:]...)
}

func isShown(r rune) bool {
	return r < ' ' || unicode.IsPrint(r)
}

func appendEscaped(data []byte, r rune) []byte {
	if high, low := utf16.EncodeRune(r); high != unicode.ReplacementChar {
		return fmt.Appendf(data, `\u%04x\u%04x`, high, low)
	}
	return fmt.Appendf(data, `\u%04x`, r)
}

// WriteIndentedJSON writes JSON that came from elsewhere for people to read, by one write.
// It is as safe to show as that of [WriteRawJSON].
func WriteIndentedJSON(w io.Writer, raw []byte) error {
	var text bytes.Buffer
	if err := json.Indent(&text, bytes.TrimSpace(raw), "", "  "); err != nil {
		return err
	}
	text.WriteByte('\n')
	_, err := w.Write(EscapeJSON(text.Bytes()))
	return err
}
