package main

import (
	"context"
	"testing"
)

// A row says what it will show without measuring.
func TestRowsHaveAShape(t *testing.T) {
	for _, r := range rows() {
		t.Run(r.name, func(t *testing.T) {
			tables, err := r.run(context.Background(), options{shape: true})
			if err != nil {
				t.Fatal(err)
			}
			bars := 0
			for _, table := range tables {
				bars += len(table.bars)
				if table.title == "" || len(table.columns) < 2 || len(table.lines) == 0 {
					t.Errorf("%+v", table)
				}
			}
			if r.noBars != (bars == 0) {
				t.Errorf("noBars is %v, and there are %d", r.noBars, bars)
			}
		})
	}
}
