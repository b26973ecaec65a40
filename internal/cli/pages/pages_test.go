package pages_test

import (
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go/internal/cli/pages"
)

func TestAll(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		query   string
		answers []string // in order, the last one repeated
		asked   []string // queries
		want    []string // elements
		err     error
		text    string
	}{
		{"an array", "", []string{`[1, 2]`}, []string{""}, []string{"1", "2"}, nil, ""},
		{"an empty array", "", []string{` []`}, []string{""}, nil, nil, ""},
		{
			"by cursor", "limit=2", []string{
				`{"object":"list","data":[{"id":"a"},{"id":"b"}],"has_more":true}`, `{"object":"list","data":[{"id":"c"}],"has_more":false}`,
			},
			[]string{"limit=2", "limit=2&starting_after=b"}, []string{`{"id":"a"}`, `{"id":"b"}`, `{"id":"c"}`}, nil, "",
		},
		{"from a cursor", "starting_after=a", []string{`{"data":[{"id":"b"}],"has_more":false}`}, []string{"starting_after=a"}, []string{`{"id":"b"}`}, nil, ""},
		{
			"the same page again", "", []string{`{"data":[{"id":"a"},{"id":"b"}],"has_more":true}`},
			[]string{"", "starting_after=b"}, []string{`{"id":"a"}`, `{"id":"b"}`}, pages.ErrRepeated, "",
		},
		{
			"two pages in turns", "", []string{`{"data":[{"id":"a"}],"has_more":true}`, `{"data":[{"id":"b"}],"has_more":true}`, `{"data":[{"id":"a"}],"has_more":true}`},
			[]string{"", "starting_after=a", "starting_after=b"}, []string{`{"id":"a"}`, `{"id":"b"}`}, pages.ErrRepeated, "",
		},
		{"a page that leads back to itself", "starting_after=a", []string{`{"data":[{"id":"a","n":1}],"has_more":true}`}, []string{"starting_after=a"}, []string{`{"id":"a","n":1}`}, pages.ErrRepeated, ""},
		{"more, but no id", "", []string{`{"data":[{"name":"a"}],"has_more":true}`}, []string{""}, []string{`{"name":"a"}`}, nil, "its last element has no id"},
		{"more, but empty", "", []string{`{"data":[],"has_more":true}`}, []string{""}, nil, nil, "its last element has no id"},
		{
			"by offset, the limit is the answer's", "limit=100", []string{
				`{"orders":[1,2],"pagination":{"limit":2,"offset":0,"count":2}}`, `{"orders":[3,4],"pagination":{"limit":2,"offset":2,"count":2}}`,
				`{"orders":[5],"pagination":{"limit":2,"offset":4,"count":1}}`,
			},
			[]string{"limit=100", "limit=100&offset=2", "limit=100&offset=4"}, []string{"1", "2", "3", "4", "5"}, nil, "",
		},
		{
			"by offset to an empty page", "", []string{`{"orders":[1],"pagination":{"limit":1,"offset":0}}`, `{"orders":[],"pagination":{"limit":1,"offset":1}}`},
			[]string{"", "offset=1"}, []string{"1"}, nil, "",
		},
		{
			"by offset to the total", "offset=1", []string{`{"total":4,"limit":2,"offset":1,"tokens":[2,3]}`, `{"total":4,"limit":2,"offset":3,"tokens":[4]}`},
			[]string{"offset=1", "offset=3"}, []string{"2", "3", "4"}, nil, "",
		},
		{"the total on a whole page", "", []string{`{"total":2,"limit":2,"offset":0,"tokens":[2,3]}`}, []string{""}, []string{"2", "3"}, nil, ""},
		{
			"by offset, the same page again", "", []string{`{"orders":[1],"pagination":{"limit":1,"offset":0}}`},
			[]string{"", "offset=1"}, []string{"1"}, pages.ErrRepeated, "",
		},
		{"a list that says nothing", "", []string{`{"policy":"x","tokens":[1,2]}`}, []string{""}, []string{"1", "2"}, nil, ""},
		{
			"a list that says nothing, with a limit", "limit=2", []string{`{"addresses":[1,2]}`, `{"addresses":[3]}`},
			[]string{"limit=2", "limit=2&offset=2"}, []string{"1", "2", "3"}, nil, "",
		},
		{"another list beside data", "", []string{`{"data":[1],"warnings":["w"],"has_more":false}`}, []string{""}, []string{"1"}, nil, ""},
		{"two lists", "", []string{`{"validItems":[1],"invalidItems":[2]}`}, []string{""}, nil, pages.ErrNoList, ""},
		{"no list", "", []string{`{"id":"a"}`}, []string{""}, nil, pages.ErrNoList, ""},
		{"a number", "", []string{`7`}, []string{""}, nil, pages.ErrNoList, ""},
		{"nothing", "", []string{``}, []string{""}, nil, pages.ErrNoList, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			query, err := url.ParseQuery(tc.query)
			if err != nil {
				t.Fatal(err)
			}
			var asked, got []string
			for item, err := range pages.All(query, func(q url.Values) (json.RawMessage, error) {
				asked = append(asked, q.Encode())
				return json.RawMessage(tc.answers[min(len(asked), len(tc.answers))-1]), nil
			}) {
				switch {
				case err == nil:
					got = append(got, string(item))
				case tc.err == nil && tc.text == "", tc.err != nil && !errors.Is(err, tc.err), !strings.Contains(err.Error(), tc.text):
					t.Errorf("%v", err)
				default:
					tc.err, tc.text = nil, ""
				}
			}
			if tc.err != nil || tc.text != "" {
				t.Errorf("no error, want %v%s", tc.err, tc.text)
			}
			if !slices.Equal(asked, tc.asked) || !slices.Equal(got, tc.want) {
				t.Errorf("asked %q, want %q; got %q, want %q", asked, tc.asked, got, tc.want)
			}
			if query.Encode() != tc.query {
				t.Errorf("the caller's query was changed: %s", query.Encode())
			}
		})
	}
}

// An error of a request is handed on, after the elements before it, and a loop that is left
// asks for no further page.
func TestAllEndsEarly(t *testing.T) {
	t.Parallel()
	failure := errors.New("refused")
	n := 0
	fetch := func(url.Values) (json.RawMessage, error) {
		if n++; n > 1 {
			return nil, failure
		}
		return json.RawMessage(`{"data":[{"id":"a"}],"has_more":true}`), nil
	}
	var last error
	for _, err := range pages.All(nil, fetch) {
		last = err
	}
	if n != 2 || !errors.Is(last, failure) {
		t.Errorf("%d requests, %v", n, last)
	}
	n = 0
	for _, err := range pages.All(nil, fetch) {
		if err != nil {
			t.Error(err)
		}
		break
	}
	if n != 1 {
		t.Errorf("%d requests", n)
	}
}
