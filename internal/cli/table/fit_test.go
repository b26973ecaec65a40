package table

import (
	"slices"
	"testing"
)

func TestFit(t *testing.T) {
	t.Parallel()
	columns := []Column{{Title: "id", Least: 9}, {Title: "status"}, {Title: "amount"}, {Title: "customer", Least: 8, Optional: true}, {Title: "created", Optional: true}}
	natural := []int{36, 6, 10, 20, 12}
	for _, tc := range []struct {
		name string
		most int
		want []int
	}{
		{"width unknown", 0, natural},
		{"wide enough", 92, natural},
		{"one column less", 91, []int{35, 6, 10, 20, 12}},
		{"both columns that may be cut", 60, []int{12, 6, 10, 12, 12}},
		{"as narrow as all may be", 53, []int{9, 6, 10, 8, 12}},
		{"without the last", 52, []int{15, 6, 10, 15, 0}},
		{"without both", 35, []int{15, 6, 10, 0, 0}},
		{"narrower than can be", 10, []int{9, 6, 10, 0, 0}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := fit(columns, natural, tc.most); !slices.Equal(got, tc.want) {
				t.Errorf("%v, want %v", got, tc.want)
			}
		})
	}
}
