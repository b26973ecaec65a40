package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// objects are texts that differ in what encoding/json says about them.
var objects = map[string]string{
	"empty":                        `{}`,
	"space everywhere":             " \t\r\n{ \"a\" : 1 , \"b\" : [ ] } \n",
	"every kind of value":          `{"a":null,"b":true,"c":false,"d":-0.5e+3,"e":"x","f":[1,[],{}],"g":{"h":{}}}`,
	"twice":                        `{"a":1,"a":2}`,
	"escaped key":                  `{"\u0061":1,"a\/b":2,"\ud83d\ude00":3}`,
	"key with half a surrogate":    `{"\ud83d":1}`,
	"key in invalid UTF-8":         "{\"a\xff\":1}",
	"text in invalid UTF-8":        "{\"a\":\"\xff\xc0\xaf\"}",
	"text beyond ASCII":            `{"ä":"€😀 and some more text"}`,
	"every escape":                 `{"a":"\"\\\/\b\f\n\r\t\u00e4\uFFFF"}`,
	"unknown escape":               `{"a":"\x"}`,
	"short escape":                 `{"a":"\u12"}`,
	"escape that is not hex":       `{"a":"\u12g4"}`,
	"escape at the end":            `{"a":"\`,
	"newline in a text":            "{\"a\":\"0123456\n\"}",
	"NUL in a text":                "{\"a\":\"\x00\"}",
	"DEL in a text":                "{\"a\":\"\x7f\"}",
	"control after 8 bytes":        "{\"a\":\"01234567\x1f\"}",
	"text without an end":          `{"a":"0123456789`,
	"zero":                         `{"a":0,"b":-0,"c":0.0,"d":0e0}`,
	"leading zero":                 `{"a":01}`,
	"plus":                         `{"a":+1}`,
	"minus alone":                  `{"a":-}`,
	"dot without digits":           `{"a":1.}`,
	"digits after a dot alone":     `{"a":.5}`,
	"exponent without digits":      `{"a":1e}`,
	"exponent with a sign only":    `{"a":1e+}`,
	"hexadecimal":                  `{"a":0x1}`,
	"infinite":                     `{"a":Infinity}`,
	"huge number":                  `{"a":1e999999}`,
	"word cut off":                 `{"a":tru}`,
	"word with more":               `{"a":nulls}`,
	"word in capitals":             `{"a":True}`,
	"no value":                     `{"a":}`,
	"no colon":                     `{"a" 1}`,
	"two colons":                   `{"a"::1}`,
	"comma first":                  `{,"a":1}`,
	"comma last":                   `{"a":1,}`,
	"two commas":                   `{"a":1,,"b":2}`,
	"no comma":                     `{"a":1 "b":2}`,
	"key without quotes":           `{a:1}`,
	"number as key":                `{1:1}`,
	"quotes of the other kind":     `{'a':1}`,
	"comma last in a nested array": `{"a":[1,]}`,
	"nested object without colon":  `{"a":{"b"}}`,
	"nested object, comma last":    `{"a":{"b":1,}}`,
	"bracket for brace":            `{"a":1]`,
	"brace for bracket":            `{"a":[1}}`,
	"not closed":                   `{"a":1`,
	"open":                         `{`,
	"closed twice":                 `{"a":1}}`,
	"two objects":                  `{}{}`,
	"comment":                      `{"a":1}//`,
	"byte order mark":              "\ufeff{}",
	"form feed":                    "\f{}",
	"array":                        `[{"a":1}]`,
	"text":                         `"{}"`,
	"number":                       `1`,
	"null":                         `null`,
	"nothing":                      ``,
	"word":                         `ping`,
	"deepest":                      `{"a":` + strings.Repeat(`[`, 9_999) + strings.Repeat(`]`, 9_999) + `}`,
	"too deep":                     `{"a":` + strings.Repeat(`[`, 10_000) + strings.Repeat(`]`, 10_000) + `}`,
	"deepest objects":              strings.Repeat(`{"a":`, 9_999) + `{}` + strings.Repeat(`}`, 9_999),
	"objects too deep":             strings.Repeat(`{"a":`, 10_000) + `{}` + strings.Repeat(`}`, 10_000),
}

func TestMembersAcceptWhatEncodingJSONAccepts(t *testing.T) {
	t.Parallel()
	for name, text := range objects {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkMembers(t, []byte(text))
		})
	}
}

func FuzzMembers(f *testing.F) {
	for _, text := range objects {
		if len(text) < 1000 {
			f.Add([]byte(text))
		}
	}
	f.Fuzz(checkMembers)
}

// checkMembers compares with encoding/json: what is accepted, keys and values.
func checkMembers(t *testing.T, data []byte) {
	before := bytes.Clone(data)
	var want map[string]json.RawMessage
	err := json.Unmarshal(data, &want)
	isObject := err == nil && want != nil

	got := map[string]json.RawMessage{}
	m := NewMembers(data)
	for m.Next() {
		got[string(m.Key())] = m.Value()
	}
	if err := m.Close(); (err == nil) != isObject {
		t.Fatalf("%.100q: got %v, encoding/json accepts it: %v", data, err, isObject)
	}
	entering := NewMembers(data)
	enterAll(&entering)
	if err := entering.Close(); (err == nil) != isObject {
		t.Fatalf("%.100q, entered: got %v, encoding/json accepts it: %v", data, err, isObject)
	}
	skipping := NewMembers(data)
	if err := skipping.Close(); (err == nil) != isObject {
		t.Fatalf("%.100q, skipped: got %v, encoding/json accepts it: %v", data, err, isObject)
	}
	if !bytes.Equal(data, before) {
		t.Fatalf("the data changed to %.100q", data)
	}
	if !isObject {
		return
	}
	if len(got) != len(want) {
		t.Fatalf("%.100q: %d members, want %d", data, len(got), len(want))
	}
	for key, value := range want {
		if !bytes.Equal(got[key], value) {
			t.Fatalf("%.100q: %q is %q, want %q", data, key, got[key], value)
		}
		checkText(t, value)
	}
}

func enterAll(m *Members) {
	for m.Next() {
		if m.Enter() {
			enterAll(m)
		}
	}
}

func checkText(t *testing.T, value []byte) {
	var want string
	isText := json.Unmarshal(value, &want) == nil && value[0] == '"'
	if got, ok := Unquote(value); ok != isText || got != want {
		t.Fatalf("the text of %.100q is %q, %v; want %q, %v", value, got, ok, want, isText)
	}
	var number json.Number
	isNumber := value[0] != '"' && json.Unmarshal(value, &number) == nil && number != ""
	if IsNumber(value) != isNumber {
		t.Fatalf("%.100q is a number: %v", value, !isNumber)
	}
}

func TestIsNumber(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"0": true, "-1": true, "12.50": true, "1E-3": true,
		"": false, " 1": false, "1 ": false, "01": false, "+1": false, "1.": false, "NaN": false, "Inf": false, "0x1": false, "1_000": false, "-": false, "1e": false,
	} {
		if got := IsNumber([]byte(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// What is no object is told apart from an object that is broken.
func TestMembersOfWhatIsNoObject(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		`ping`: true, `[1]`: true, `"x"`: true, `7`: true, `null`: true, ``: true, `  `: true,
		`{`: false, `{"a":`: false, ` {"a":1`: false, `{"a":1}x`: false,
	} {
		m := NewMembers([]byte(text))
		if err := m.Close(); err == nil || errors.Is(err, ErrNotObject) != want {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// A value has no room behind it: appending to it must not reach what follows.
func TestMemberValuesEndWhereTheyEnd(t *testing.T) {
	t.Parallel()
	data := []byte(`{"a":[1],"b":2}`)
	m := NewMembers(data)
	m.Next()
	_ = append(m.Value(), "xxxxx"...)
	if string(data) != `{"a":[1],"b":2}` {
		t.Errorf("the data became %s", data)
	}
}

func TestMembersAllocateNothing(t *testing.T) {
	data := []byte(objects["every kind of value"])
	var values int
	allocs := testing.AllocsPerRun(100, func() {
		m := NewMembers(data)
		for m.Next() {
			if string(m.Key()) == "g" && m.Enter() {
				for m.Next() {
					values += len(m.Value())
				}
				continue
			}
			values += len(m.Value())
		}
		if m.Close() != nil {
			values = -1
		}
	})
	if allocs != 0 || values <= 0 {
		t.Errorf("%v allocations, %d bytes", allocs, values)
	}
}
