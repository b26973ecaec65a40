package wrapper

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

type offsetPage struct {
	items []int
	limit int
}

func TestOffsets(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		from    int
		pages   map[int]offsetPage // by offset
		fails   int                // offset whose page fails; 0: none
		want    []int
		offsets []int
		is      error
	}{
		"nothing":                {pages: map[int]offsetPage{}, offsets: []int{0}},
		"one short page":         {pages: map[int]offsetPage{0: {[]int{1, 2}, 3}}, want: []int{1, 2}, offsets: []int{0}},
		"full pages, then none":  {pages: map[int]offsetPage{0: {[]int{1, 2}, 2}, 2: {[]int{3, 4}, 2}}, want: []int{1, 2, 3, 4}, offsets: []int{0, 2, 4}},
		"full, then short":       {pages: map[int]offsetPage{0: {[]int{1, 2}, 2}, 2: {[]int{3}, 2}}, want: []int{1, 2, 3}, offsets: []int{0, 2}},
		"no limit in the answer": {pages: map[int]offsetPage{0: {[]int{1}, 0}, 1: {[]int{2}, 0}}, want: []int{1, 2}, offsets: []int{0, 1, 2}},
		"longer than the limit":  {pages: map[int]offsetPage{0: {[]int{1, 2, 3}, 2}, 3: {[]int{4}, 2}}, want: []int{1, 2, 3, 4}, offsets: []int{0, 3}},
		"from the middle":        {from: 2, pages: map[int]offsetPage{2: {[]int{3}, 2}}, want: []int{3}, offsets: []int{2}},
		"the same page twice":    {pages: map[int]offsetPage{0: {[]int{1, 2}, 2}, 2: {[]int{1, 2}, 2}}, want: []int{1, 2}, offsets: []int{0, 2}, is: ErrMalformedResponse},
		"an earlier page": {
			pages: map[int]offsetPage{0: {[]int{1, 2}, 2}, 2: {[]int{3, 4}, 2}, 4: {[]int{1, 2}, 2}},
			want:  []int{1, 2, 3, 4}, offsets: []int{0, 2, 4}, is: ErrMalformedResponse,
		},
		"a page fails": {pages: map[int]offsetPage{0: {[]int{1, 2}, 2}}, fails: 2, want: []int{1, 2}, offsets: []int{0, 2}, is: broken},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got, asked []int
			var failed error
			for item, err := range offsets("listEvents", c.from, func(offset int) (*offsetPage, error) {
				asked = append(asked, offset)
				if c.fails != 0 && offset == c.fails {
					return nil, broken
				}
				page := c.pages[offset]
				return &page, nil
			}, func(p *offsetPage) ([]int, int) { return p.items, p.limit }) {
				if failed != nil {
					t.Error("something follows an error")
				}
				if failed = err; err == nil {
					got = append(got, *item)
				} else if item != nil {
					t.Error("an element beside an error")
				}
			}
			if !slices.Equal(got, c.want) || !slices.Equal(asked, c.offsets) || !errors.Is(failed, c.is) {
				t.Errorf("got %v from the pages at %v with %v, want %v from %v with %v", got, asked, failed, c.want, c.offsets, c.is)
			}
			if c.is == ErrMalformedResponse && failed != nil && !strings.Contains(failed.Error(), "listEvents") {
				t.Errorf("the error does not name the operation: %v", failed)
			}
		})
	}
}

// Leaving the loop asks for no further page.
func TestOffsetsLeft(t *testing.T) {
	t.Parallel()
	asked := 0
	for _, err := range offsets("listEvents", 0, func(int) (*offsetPage, error) {
		asked++
		return &offsetPage{[]int{1, 2}, 2}, nil
	}, func(p *offsetPage) ([]int, int) { return p.items, p.limit }) {
		if err != nil {
			t.Error(err)
		}
		break
	}
	if asked != 1 {
		t.Errorf("asked for %d pages", asked)
	}
}
