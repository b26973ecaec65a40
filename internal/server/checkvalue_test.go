package server

import (
	"regexp"
	"testing"
)

// The rules that no operation has today.
func TestSchemas(t *testing.T) {
	t.Parallel()
	text, integer := &schema{types: []string{"string"}}, &schema{types: []string{"integer"}}
	card := &schema{types: []string{"object"}, properties: map[string]*schema{"card": text}, required: []string{"card"}}
	cash := &schema{types: []string{"object"}, properties: map[string]*schema{"cash": integer}, required: []string{"cash"}}
	for name, tc := range map[string]struct {
		schema      *schema
		value, want string
	}{
		"anything":                     {nil, `[1]`, ""},
		"more than":                    {&schema{above: "0"}, `0.0`, "x must be more than 0"},
		"less than":                    {&schema{below: "10"}, `1e1`, "x must be less than 10"},
		"within":                       {&schema{above: "0", below: "1e2"}, `99.99`, ""},
		"a negative bound":             {&schema{min: "-10"}, `-10.5`, "x must be at least -10"},
		"several types":                {&schema{types: []string{"string", "integer"}}, `"a"`, ""},
		"none of several":              {&schema{types: []string{"string", "integer"}}, `true`, "x must be a string or an integer"},
		"none of several, a fraction":  {&schema{types: []string{"string", "integer"}}, `1.5`, "x must be an integer"},
		"number or integer":            {&schema{types: []string{"number", "integer"}}, `1.5`, ""},
		"enum of numbers":              {&schema{types: []string{"number"}, enum: []string{"1", "2.50"}}, `2.5`, ""},
		"none of the numbers":          {&schema{types: []string{"number"}, enum: []string{"1", "2.50"}}, `3`, "x must be 1 or 2.50, not 3"},
		"constant":                     {&schema{enum: []string{"a"}}, `"b"`, "x must be a, not b"},
		"enum and null":                {&schema{types: []string{"string"}, nullable: true, enum: []string{"a"}}, `null`, ""},
		"pattern":                      {&schema{pattern: regexp.MustCompile(`^a+$`)}, `"ab"`, "x must be text that matches ^a+$"},
		"pattern, not of text":         {&schema{pattern: regexp.MustCompile(`^a+$`)}, `1`, ""},
		"at least":                     {&schema{minLength: "3"}, `"äö"`, "x must have at least 3 characters"},
		"one":                          {&schema{maxLength: "1"}, `"ab"`, "x must have at most 1 character"},
		"items at least":               {&schema{minItems: "2"}, `[1]`, "x must have at least 2 items"},
		"items of anything":            {&schema{maxItems: "1"}, `[{}]`, ""},
		"no other members":             {&schema{properties: map[string]*schema{"a": text}, closed: true}, `{"a":"","b":1}`, `x has no member "b"`},
		"other members":                {&schema{properties: map[string]*schema{"a": text}, others: integer}, `{"a":"","b":1}`, ""},
		"other members, another type":  {&schema{properties: map[string]*schema{"a": text}, others: integer}, `{"a":"","b":""}`, "x.b must be an integer"},
		"all":                          {&schema{all: []*schema{card, cash}}, `{"card":"c"}`, "x.cash is required"},
		"all, nullable":                {&schema{all: []*schema{card}, nullable: true}, `null`, ""},
		"any":                          {&schema{anyOf: []*schema{text, integer}}, `1`, ""},
		"none of any":                  {&schema{anyOf: []*schema{text, integer}}, `[]`, "x must be a string or an integer"},
		"any, of the type":             {&schema{anyOf: []*schema{{types: []string{"integer"}, min: "1"}, text}}, `0`, "x must be at least 1"},
		"any, several of the type":     {&schema{anyOf: []*schema{card, cash}}, `{}`, "x has none of the documented forms: x.card is required"},
		"any, more than one":           {&schema{anyOf: []*schema{card, cash}}, `{"card":"","cash":1}`, ""},
		"one of":                       {&schema{oneOf: []*schema{card, cash}}, `{"cash":1}`, ""},
		"one of, more than one":        {&schema{oneOf: []*schema{card, cash}}, `{"card":"","cash":1}`, "x has more than one of the documented forms"},
		"by name":                      {&schema{ref: "QuestionResponse"}, `{"response":"a"}`, "x.question_id is required"},
		"by name that is not there":    {&schema{ref: "nothing"}, `1`, ""},
		"format that is not known":     {&schema{format: "colour"}, `"a"`, ""},
		"members of any, each checked": {&schema{required: []string{"a"}}, `{"b":1}`, "x.a is required"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantError(t, tc.schema.check("x", []byte(tc.value)), tc.want)
		})
	}
}

func TestParameters(t *testing.T) {
	t.Parallel()
	number := &schema{types: []string{"number"}}
	numbers := &schema{types: []string{"array"}, maxItems: "2", items: number}
	for name, tc := range map[string]struct {
		parameter parameter
		values    []string
		want      string
	}{
		"anything":                  {parameter{name: "x"}, []string{"a"}, ""},
		"number":                    {parameter{name: "x", schema: number}, []string{"-1.5e3"}, ""},
		"no number":                 {parameter{name: "x", schema: number}, []string{"NaN"}, "x must be a number"},
		"JSON that is no number":    {parameter{name: "x", schema: number}, []string{"[1]"}, "x must be a number"},
		"required":                  {parameter{name: "x", required: true}, nil, "x is required"},
		"several":                   {parameter{name: "x", repeats: true, schema: numbers}, []string{"1", "2"}, ""},
		"several, none":             {parameter{name: "x", repeats: true, schema: numbers}, nil, ""},
		"several, too many":         {parameter{name: "x", repeats: true, schema: numbers}, []string{"1", "2", "3"}, "x must have at most 2 items"},
		"several, one empty":        {parameter{name: "x", repeats: true, schema: numbers}, []string{"1", ""}, "x is empty"},
		"with commas":               {parameter{name: "x", split: ",", schema: numbers}, []string{"1,2"}, ""},
		"with commas, none":         {parameter{name: "x", split: ",", schema: numbers}, nil, ""},
		"with commas, another type": {parameter{name: "x", split: ",", schema: numbers}, []string{"1,a"}, "x[1] must be a number"},
		"with commas, twice":        {parameter{name: "x", split: ",", schema: numbers}, []string{"1", "2"}, "x is given twice"},
		"by a part":                 {parameter{name: "x", schema: &schema{all: []*schema{number}}}, []string{"1"}, ""},
		"by alternatives":           {parameter{name: "x", schema: &schema{oneOf: []*schema{number, {types: []string{"boolean"}}}}}, []string{"true"}, ""},
		"by an open alternative":    {parameter{name: "x", schema: &schema{anyOf: []*schema{number, {}}}}, []string{"true"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantError(t, tc.parameter.check(tc.values), tc.want)
		})
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	// Each number is less than the next line's and equal to its own line's.
	order := [][]string{
		{"-1e99999999999"},
		{"-10", "-1e1", "-10.00", "-0.1e2"},
		{"-9.999999999999999999999"},
		{"-1e-400"},
		{"0", "-0", "0.00", "0e9", "0e99999999999999999999"},
		{"1e-99999999999999999999"},
		{"1e-400", "0.1e-399"},
		{"0.0099999999999999999999"},
		{"0.01", "1e-2", "0.010", "10E-3"},
		{"0.1"},
		{"1", "1.0", "10e-1", "1E+0"},
		{"1.0000000000000000000001"},
		{"9"},
		{"9007199254740992"},
		{"9007199254740993"},
		{"1e400", "10e399"},
		{"1e99999999999"},
	}
	for i, smaller := range order {
		for j, larger := range order {
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			for _, a := range smaller {
				for _, b := range larger {
					if got := compare(a, b); got != want {
						t.Errorf("compare(%s, %s) is %d, want %d", a, b, got, want)
					}
				}
			}
		}
	}
}
