package main

import (
	"bytes"
	"testing"
)

func TestTable(t *testing.T) {
	t.Parallel()
	ours := result{name: "ours", nsPerOp: 1504.4, ratio: 1.504, least: 1.4, most: 1.6, allocsPerOp: 57, bPerOp: 4096}
	floor := result{name: "net/http", nsPerOp: 1000, ratio: 1, least: 1, most: 1, allocsPerOp: 32, bPerOp: 2048}
	tab := timing("a title", []result{floor, ours}, timeAtMost(ours, 1.5), allocsAtMost(ours, 56))
	for _, c := range []struct {
		name     string
		markdown bool
		want     string
	}{
		{"plain", false, `
a title

            ns/op  ratio    min–max  allocs/op  B/op
  net/http   1000  1.00×  1.00–1.00         32  2048
  ours       1504  1.50×  1.40–1.60         57  4096

  ours, time: 1.50× (bar ≤ 1.50×): met
  ours, allocations: 57 (bar ≤ 56): NOT met
`},
		{"markdown", true, `
### A title

|  | ns/op | ratio | min–max | allocs/op | B/op |
|---|---:|---:|---:|---:|---:|
| net/http | 1000 | 1.00× | 1.00–1.00 | 32 | 2048 |
| ours | 1504 | 1.50× | 1.40–1.60 | 57 | 4096 |

- ours, time: 1.50× (bar ≤ 1.50×): met
- ours, allocations: 57 (bar ≤ 56): NOT met
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			if c.markdown {
				tab.printMarkdown(&out)
			} else {
				tab.print(&out)
			}
			if out.String() != c.want {
				t.Errorf("got\n%s\nwant\n%s", out.String(), c.want)
			}
		})
	}
	if tab.met() {
		t.Error("a table with a missed bar counts as met")
	}
}
