package wrapper

import (
	"crypto/rand"
	"fmt"
	"net/http"
)

// setIdempotencyKey sends a key only where the contract documents one: net/http
// itself resends a POST that carries the header.
func (c *call) setIdempotencyKey(header http.Header) error {
	const name = "Idempotency-Key"
	switch {
	case c.idempotencyKey != "":
		if c.op != nil && !c.op.IdempotencyKey {
			return invalid("WithIdempotencyKey", c.op.ID+" does not document the Idempotency-Key header")
		}
	case c.op == nil || !c.op.IdempotencyKey:
		return nil
	case header.Get(name) != "": // a parameter of the generated client
		c.idempotencyKey = header.Get(name)
		return nil
	default:
		c.idempotencyKey = newUUID()
	}
	header.Set(name, c.idempotencyKey)
	return nil
}

// newUUID makes a version 4 UUID.
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
