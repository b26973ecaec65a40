package pepay

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"
)

// open and either are as the templates make them.
type open struct {
	Name                 string            `json:"name"`
	Note                 string            `json:"note,omitempty,omitzero"`
	Amount               Decimal           `json:"amount,omitempty,omitzero"`
	Due                  Timestamp         `json:"due,omitempty,omitzero"`
	Off                  *bool             `json:"off,omitempty,omitzero"`
	AdditionalProperties map[string]string `json:"-"`
}

func (a open) MarshalJSON() ([]byte, error) {
	type plain open
	return withAdditional(plain(a), a.AdditionalProperties)
}

func (a *open) UnmarshalJSON(data []byte) error {
	type plain open
	if err := json.Unmarshal(data, (*plain)(a)); err != nil {
		return err
	}
	return additional(data, &a.AdditionalProperties, "name", "note", "amount", "due", "off")
}

func TestAdditionalMembers(t *testing.T) {
	t.Parallel()
	off := false
	for want, value := range map[string]open{
		`{"name":""}`:                       {},
		`{"name":"n"}`:                      {Name: "n", AdditionalProperties: map[string]string{}},
		`{"name":"n","off":false}`:          {Name: "n", Off: &off},
		`{"name":"n","a":"1","b":"<2>"}`:    {Name: "n", AdditionalProperties: map[string]string{"b": "<2>", "a": "1"}},
		`{"name":"n","amount":0,"a\"":"1"}`: {Name: "n", Amount: Decimal{"0"}, AdditionalProperties: map[string]string{`a"`: "1"}},
	} {
		got, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		var same, expected any
		if json.Unmarshal(got, &same) != nil || json.Unmarshal([]byte(want), &expected) != nil || !reflect.DeepEqual(same, expected) {
			t.Errorf("sent %s, want %s", got, want)
		}
		var back open
		if err := json.Unmarshal(got, &back); err != nil {
			t.Fatal(err)
		}
		if len(value.AdditionalProperties) == 0 {
			value.AdditionalProperties = nil
		}
		if !reflect.DeepEqual(back, value) {
			t.Errorf("%s decodes as %+v", got, back)
		}
	}
	if _, err := json.Marshal(open{AdditionalProperties: map[string]string{"name": "x"}}); !errors.Is(err, ErrInvalidArgument) {
		t.Errorf("a property given twice: %v", err)
	}
	for sent, fails := range map[string]bool{`{"name":"n","x":1}`: true, `[]`: true, `"x"`: true, `null`: false, "{ }": false} {
		if err := json.Unmarshal([]byte(sent), new(open)); (err != nil) != fails {
			t.Errorf("%s: %v", sent, err)
		}
	}
	reused := open{AdditionalProperties: map[string]string{"old": "1"}}
	if err := json.Unmarshal([]byte(`{"name":"n"}`), &reused); err != nil || reused.AdditionalProperties != nil {
		t.Errorf("%v, %v", reused.AdditionalProperties, err)
	}
}

func TestWithUnion(t *testing.T) {
	t.Parallel()
	type properties struct {
		Label string `json:"label,omitzero"`
	}
	for name, tc := range map[string]struct {
		label, union, want string
		refused            bool
	}{
		"nothing":                {"", "", `{}`, false},
		"properties only":        {"l", "", `{"label":"l"}`, false},
		"alternative only":       {"", `{"number":"4242"}`, `{"number":"4242"}`, false},
		"both":                   {"l", `{"number":"4242"}`, `{"label":"l","number":"4242"}`, false},
		"both have it":           {"l", `{"label":"old","number":"4242"}`, `{"label":"l","number":"4242"}`, false},
		"empty alternative":      {"l", `{}`, `{"label":"l"}`, false},
		"null":                   {"l", `null`, `{"label":"l"}`, false},
		"a text":                 {"", `"x"`, `"x"`, false},
		"a text and a property":  {"l", `"x"`, ``, true},
		"a list and a property":  {"l", `[1]`, ``, true},
		"large numbers are kept": {"l", `{"n":12345678901234567890}`, `{"label":"l","n":12345678901234567890}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var union json.RawMessage
			if tc.union != "" {
				union = json.RawMessage(tc.union)
			}
			got, err := withUnion(properties{tc.label}, union)
			if tc.refused != errors.Is(err, ErrInvalidArgument) || string(got) != tc.want {
				t.Errorf("got %s, %v", got, err)
			}
		})
	}
}

func TestAlternative(t *testing.T) {
	t.Parallel()
	type card struct {
		Number string `json:"number,omitzero"`
	}
	for name, tc := range map[string]struct {
		union   string
		value   any
		stamps  []string
		want    string
		refused bool
	}{
		"set":               {"", card{"1"}, nil, `{"number":"1"}`, false},
		"set and stamped":   {"", card{"1"}, []string{`{"type":"card"}`}, `{"number":"1","type":"card"}`, false},
		"merged":            {`{"a":1,"number":"0"}`, card{"1"}, nil, `{"a":1,"number":"1"}`, false},
		"a text":            {"", "x", nil, `"x"`, false},
		"a text, merged":    {`{"a":1}`, "x", nil, ``, true},
		"a text, stamped":   {"", "x", []string{`{"type":"card"}`}, ``, true},
		"merged into text":  {`"x"`, card{"1"}, nil, ``, true},
		"what JSON has not": {"", func() {}, nil, ``, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var union json.RawMessage
			if tc.union != "" {
				union = json.RawMessage(tc.union)
			}
			got, err := alternative(union, tc.value, tc.stamps...)
			if (err != nil) != tc.refused || string(got) != tc.want {
				t.Errorf("got %s, %v", got, err)
			}
		})
	}
}
