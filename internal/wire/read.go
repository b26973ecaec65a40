package wire

import "io"

// firstRead is the most that is allocated before anything has come: whoever is at
// the other end may announce any length.
const firstRead = 64 << 10

// ReadAtMost reads r to its end, or up to one byte more than limit. announced is
// the Content-Length, a hint and no more: middleware that decompresses a body
// leaves it as it was. What is allocated is at most 64 KiB, and then at most five
// times as much as has come. What was read before an error is returned with it.
func ReadAtMost(r io.Reader, announced, limit int64) ([]byte, error) {
	hint := int64(512)
	if announced >= 0 && announced <= limit {
		hint = announced + 1 // one more, to see the end without growing
	} else if announced > limit {
		hint = limit + 1
	}
	content := make([]byte, 0, min(hint, limit+1, firstRead))
	for {
		n, err := r.Read(content[len(content):cap(content)])
		content = content[:len(content)+n]
		switch {
		case err == io.EOF:
			return content, nil
		case err != nil:
			return content, err
		case int64(len(content)) > limit:
			return content, nil
		}
		if have := int64(len(content)); len(content) == cap(content) {
			content = append(make([]byte, 0, min(nextSize(have, hint), limit+1)), content...)
		}
	}
}

// nextSize is what to allocate after have bytes have come: up to the hint in one
// step if it is not more than five times as much, else twice as much.
func nextSize(have, hint int64) int64 {
	if have < hint && hint <= 5*have {
		return hint
	}
	return 2 * have
}
