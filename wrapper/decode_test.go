package wrapper

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go"
)

// Every success envelope of the documentation.
func TestOpenEnvelope(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, body, want string }{
		{"success and data", `{"success":true,"data":{"a":1}}`, `{"a":1}`},
		{"and more", `{"success":true,"data":[1],"pagination":{}}`, `[1]`},
		{"data first", ` { "data" : {"a":1} , "success" : true } `, `{"a":1}`},
		{"list in data", `{"success":true,"data":{"object":"list","data":[],"has_more":false}}`, `{"object":"list","data":[],"has_more":false}`},
		{"status and data", `{"status":"ok","data":{"a":1}}`, `{"a":1}`},
		{"ok and data", `{"ok":true,"data":[]}`, `[]`},
		{"data is null", `{"success":true,"data":null}`, `null`},
		{"data alone", `{"data":[]}`, `[]`},
		{"list", `{"object":"list","data":[],"has_more":false}`, `{"object":"list","data":[],"has_more":false}`},
		{"a resource that has data and a status", `{"id":"x","status":"ok","data":{}}`, `{"id":"x","status":"ok","data":{}}`},
		{"bare object", `{"id":"x"}`, `{"id":"x"}`},
		{"bare array", ` [1,2]`, ` [1,2]`},
		{"message", `{"message":"done"}`, `{"message":"done"}`},
		{"success without data", `{"success":true,"blocked":false}`, `{"success":true,"blocked":false}`},
		{"not JSON", `{"success":true,"data":{}`, `{"success":true,"data":{}`},
		{"bytes behind it", `{"success":true,"data":{}}x`, `{"success":true,"data":{}}x`},
		{"empty", ``, ``},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := string(openEnvelope([]byte(c.body))); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func FuzzOpenEnvelope(f *testing.F) {
	f.Add([]byte(`{"success":true,"data":{"a":1}}`))
	f.Add([]byte(`[[[{"data":`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if got := openEnvelope(body); json.Valid(body) && !json.Valid(got) {
			t.Errorf("%s became %s", body, got)
		}
	})
}

func TestDecode(t *testing.T) {
	t.Parallel()
	type thing struct {
		ID    string  `json:"id"`
		N     int8    `json:"n"`
		On    bool    `json:"on"`
		List  []int   `json:"list"`
		Price float64 `json:"price"`
		Sub   struct {
			Deep map[string]int `json:"deep"`
		} `json:"sub"`
	}
	lacks := func(v *thing) string {
		if v.ID == "" {
			return "id is missing"
		}
		return ""
	}
	for _, c := range []struct {
		name, body string
		form       pepay.AnswerForm
		want       string // the text of the error, "" for none
	}{
		{"in data", `{"success":true,"data":{"id":"x"}}`, pepay.AnswerInData, ""},
		{"whole", `{"id":"x","success":true}`, pepay.AnswerWhole, ""},
		{"whole, in an envelope", `{"status":"ok","data":{"id":"x"}}`, pepay.AnswerWhole, ""},
		{"unknown members", `{"success":true,"x":1,"data":{"id":"x","y":{}}}`, pepay.AnswerInData, ""},
		{"nothing", ``, pepay.AnswerInData, "the answer is empty"},
		{"null", `null`, pepay.AnswerWhole, "the answer is null"},
		{"data is null", `{"success":true,"data":null}`, pepay.AnswerInData, "data is missing"},
		{"no data", `{"id":"x"}`, pepay.AnswerInData, "data is missing"},
		{"lacks something", `{"success":true,"data":{}}`, pepay.AnswerInData, "data.id is missing"},
		{"lacks something, whole", `{}`, pepay.AnswerWhole, "id is missing"},
		{"text", `{"data":{"id":1}}`, pepay.AnswerInData, "data.id is a JSON number, not a string"},
		{"integer", `{"n":"1"}`, pepay.AnswerWhole, "n is a JSON string, not an integer"},
		{"too large", `{"n":1000}`, pepay.AnswerWhole, "n is a JSON number 1000, not an integer that fits"},
		{"fraction", `{"n":1.5}`, pepay.AnswerWhole, "n is a JSON number 1.5, not an integer that fits"},
		{"boolean", `{"data":{"on":"yes"}}`, pepay.AnswerInData, "data.on is a JSON string, not a boolean"},
		{"array", `{"list":{}}`, pepay.AnswerWhole, "list is a JSON object, not an array"},
		{"number", `{"price":"1"}`, pepay.AnswerWhole, "price is a JSON string, not a number"},
		{"deep", `{"data":{"sub":{"deep":{"a":true}}}}`, pepay.AnswerInData, "data.sub.deep is a JSON boolean, not an integer"},
		{"object", `{"data":[]}`, pepay.AnswerInData, "data is a JSON array, not an object"},
		{"all of it", `[]`, pepay.AnswerWhole, "the answer is a JSON array, not an object"},
		{"cut short", `{"data":{"id"`, pepay.AnswerInData, "unexpected end of JSON input"},
		{"bytes behind it", `{"id":"x"}{}`, pepay.AnswerWhole, "invalid character '{' after top-level value"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := decode([]byte(c.body), c.form, lacks)
			if c.want == "" {
				if err != nil || got.ID != "x" {
					t.Errorf("got %+v, %v", got, err)
				}
				return
			}
			if got != nil || !errors.Is(err, ErrMalformedResponse) || err.Error() != "pepay: malformed response: "+c.want {
				t.Errorf("got  %v\nwant pepay: malformed response: %s", err, c.want)
			}
			if mismatch := (*json.UnmarshalTypeError)(nil); strings.Contains(c.want, "a JSON") != errors.As(err, &mismatch) {
				t.Errorf("the cause is %T", errors.Unwrap(err))
			}
		})
	}
}
