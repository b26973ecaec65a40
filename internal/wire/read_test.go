package wire

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// pieces comes in pieces and then ends with an error.
type pieces struct {
	left []byte
	each int
	end  error
}

func (p *pieces) Read(into []byte) (int, error) {
	if len(p.left) == 0 {
		return 0, p.end
	}
	n := copy(into, p.left[:min(p.each, len(p.left))])
	p.left = p.left[n:]
	return n, nil
}

func TestReadAtMost(t *testing.T) {
	t.Parallel()
	const limit = 1 << 20
	for _, length := range []int{0, 1, 511, 512, 513, 65_535, 65_536, 65_537, 262_144, limit - 1, limit, limit + 1, 2 * limit} {
		content := bytes.Repeat([]byte("0123456789abcdef"), length/16+1)[:length]
		want := content[:min(length, limit+1)]
		for name, announced := range map[string]int64{
			"unknown": -1, "right": int64(length), "too little": int64(length / 3), "one too much": int64(length + 1), "far too much": 1<<63 - 1, "none": 0,
		} {
			for piece, each := range map[string]int{"whole": limit * 2, "in pieces of 1000": 1000} {
				got, err := ReadAtMost(&pieces{content, each, io.EOF}, announced, limit)
				if err != nil || !bytes.Equal(got, want) {
					t.Errorf("%d bytes, announced %s, %s: %d bytes, %v", length, name, piece, len(got), err)
				}
				if most := max(firstRead, 5*length+1); cap(got) > most {
					t.Errorf("%d bytes, announced %s, %s: %d allocated, at most %d wanted", length, name, piece, cap(got), most)
				}
			}
		}
	}
	if got, err := ReadAtMost(strings.NewReader("abc"), -1, 0); string(got) != "a" || err != nil {
		t.Errorf("with a limit of nothing: %q, %v", got, err)
	}
}

func TestReadAtMostWithErrors(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	if got, err := ReadAtMost(&pieces{[]byte("abc"), 2, broken}, 10, 100); string(got) != "abc" || err != broken {
		t.Errorf("broke off: %q, %v", got, err)
	}
	// The last bytes may come with the end.
	if got, err := ReadAtMost(iotest.DataErrReader(strings.NewReader("abc")), 3, 3); string(got) != "abc" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestReadAtMostAllocations(t *testing.T) {
	content := bytes.Repeat([]byte("x"), 256<<10)
	r := bytes.NewReader(nil)
	for announced, want := range map[int64]float64{int64(len(content)): 2, -1: 11} {
		allocs := testing.AllocsPerRun(20, func() {
			r.Reset(content)
			if got, err := ReadAtMost(r, announced, 1<<20); err != nil || len(got) != len(content) {
				t.Error(len(got), err)
			}
		})
		if allocs > want {
			t.Errorf("256 KB, announced %d: %v allocations", announced, allocs)
		}
	}
}
