package wrapper

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"iter"
)

// offsets goes through a list that pages by offset. An error is the last thing it
// yields. It ends at an empty page, and at one that is shorter than the limit that
// the answer states: Pepay may grant less than was asked for, and what it counts is
// not always the total. A page that was seen before is an error, so that the loop
// ends on any server.
//
// from is the first offset. page asks for the page at an offset; open takes an
// answer apart: its elements, and the limit that it states, 0 if it states none.
func offsets[L, T any](id string, from int, page func(offset int) (*L, error), open func(*L) (items []T, limit int)) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		seen := map[[sha256.Size]byte]bool{}
		for offset := from; ; {
			list, err := page(offset)
			if err != nil {
				yield(nil, err)
				return
			}
			items, limit := open(list)
			if len(items) == 0 {
				return
			}
			mark, err := fingerprint(items)
			if err == nil && seen[mark] {
				err = malformed(fmt.Sprintf("the page at offset %d came before", offset))
			}
			if err != nil {
				yield(nil, failedPage(id, err))
				return
			}
			seen[mark] = true
			for i := range items {
				if !yield(&items[i], nil) {
					return
				}
			}
			if len(items) < limit {
				return
			}
			offset += len(items)
		}
	}
}

// fingerprint tells pages apart, whatever their elements are called.
func fingerprint[T any](items []T) ([sha256.Size]byte, error) {
	content, err := json.Marshal(items)
	return sha256.Sum256(content), err
}
