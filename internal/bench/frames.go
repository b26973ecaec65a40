package main

import (
	"bufio"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"strconv"
	"strings"
)

// The frames every contestant gets: Pepay's own example with a fuller invoice. The
// number at the end of the id goes up.
const (
	framesPath = "/ws/merchant/events"
	frameHead  = `{"id":"evt_1734780000000-`
	frameTail  = `","object":"event","api_version":"2025-12-16","created":1734780000,"type":"invoice.updated",` +
		`"livemode":false,"pending_webhooks":0,"data":{"object":{"object":"invoice","id":"550e8400-e29b-41d4-a716-446655440000",` +
		`"status":"paid","invoice_type":"standard","currency":"usd","amount":10000,"amount_decimal":"10.000",` +
		`"amount_unit":"usd_millis","customer_id":"cust_1","environment":"devnet"}}}`
	firstFrame   = 10_000_000 // so that all ids have the same length
	frameLength  = len(frameHead) + len("10000000") + len(frameTail)
	framesAtOnce = 64
	bytesAtOnce  = 256 << 10 // of larger events

	// Customers whose streams are others.
	quietCustomer = "quiet"  // one event and nothing more
	pacedCustomer = "paced"  // one event, and one more in each round of pacedPath
	sizedCustomer = "sized-" // and a number: events of so many bytes
)

// framesOf is the query that asks for the stream of a customer, if there is one.
func framesOf(customer string) string {
	if customer == "" {
		return ""
	}
	return "?customer_id=" + customer
}

// answerFrames upgrades and sends frames for as long as they are taken, or what a
// customer gets instead. With ?pull=1 it sends framesPulled
// for every message from the client, for clients that queue events without a limit.
func (p *paced) answerFrames(w http.ResponseWriter, req *http.Request) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	defer func() { _ = conn.Close() }()
	_, _ = fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
		acceptKey(req.Header.Get("Sec-WebSocket-Key")))
	blast := &blaster{conn: conn, number: firstFrame, tail: frameTail, atOnce: framesAtOnce}
	query := req.URL.Query()
	customer := query.Get("customer_id")
	if size, ok := strings.CutPrefix(customer, sizedCustomer); ok {
		bytes, _ := strconv.Atoi(size)
		blast.tail = sizedTail(bytes)
		blast.atOnce = max(1, min(framesAtOnce, bytesAtOnce/max(1, bytes)))
	}
	switch {
	case query.Has("pull"):
		for err == nil {
			if err = skipFrame(buffered.Reader); err == nil {
				err = blast.send(framesPulled)
			}
		}
	case customer == quietCustomer:
		if blast.send(1) == nil {
			_, _ = io.Copy(io.Discard, buffered)
		}
	case customer == pacedCustomer:
		if p.add(blast) == nil {
			_, _ = io.Copy(io.Discard, buffered)
		}
		p.remove(blast)
	default:
		for err == nil {
			err = blast.send(blast.atOnce)
		}
	}
}

// acceptKey is the server's half of the handshake, RFC 6455 section 4.2.2.
func acceptKey(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}

type blaster struct {
	conn   net.Conn
	number int
	tail   string // of every event
	atOnce int
	buffer []byte
}

func (b *blaster) send(n int) error {
	for n > 0 {
		b.buffer = b.buffer[:0]
		for range min(n, b.atOnce) {
			b.buffer = appendEvent(b.buffer, b.number, b.tail)
			b.number++
		}
		if _, err := b.conn.Write(b.buffer); err != nil {
			return err
		}
		n -= b.atOnce
	}
	return nil
}

// appendEvent appends one unmasked text frame.
func appendEvent(buffer []byte, number int, tail string) []byte {
	if length := frameLength - len(frameTail) + len(tail); length <= math.MaxUint16 {
		buffer = binary.BigEndian.AppendUint16(append(buffer, 0x81, 126), uint16(length))
	} else {
		buffer = binary.BigEndian.AppendUint64(append(buffer, 0x81, 127), uint64(length))
	}
	buffer = append(buffer, frameHead...)
	buffer = fmt.Append(buffer, number)
	return append(buffer, tail...)
}

// sizedTail is the tail of an event of so many bytes: the invoice has metadata. Less than
// the plain event has is the plain event.
func sizedTail(bytes int) string {
	const entry, open, end = `"line_item":"two of them, as delivered in spring",`, `,"metadata":{`, `}}}}`
	head := strings.TrimSuffix(frameTail, "}}}") + open
	room := bytes - (frameLength - len(frameTail)) - len(head) - len(end)
	if room < len(entry) {
		return frameTail
	}
	// The last entry is as long as it has to be, and has no comma.
	last := entry[:len(entry)-2] + strings.Repeat("x", room%len(entry)+1) + `"`
	return head + strings.Repeat(entry, room/len(entry)-1) + last + end
}

// skipFrame reads a short masked frame of a client.
func skipFrame(r *bufio.Reader) error {
	header := make([]byte, 6)
	if _, err := io.ReadFull(r, header); err != nil {
		return err
	}
	length := int(header[1] & 0x7f)
	if header[0]&0x0f == 8 || length > 125 {
		return errors.New("the client says goodbye")
	}
	_, err := r.Discard(length)
	return err
}

// frameReader is the floor: it parses a server's frames and does nothing else. It
// handles no fragments, pings, limits or close frames.
type frameReader struct {
	conn   net.Conn
	r      *bufio.Reader
	buffer []byte
}

// dialFrames upgrades by hand. A nil dial is TCP.
func dialFrames(ctx context.Context, address string, dial func(context.Context, string) (net.Conn, error), customer string) (*frameReader, error) {
	if dial == nil {
		dial = func(ctx context.Context, address string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", address)
		}
	}
	conn, err := dial(ctx, address)
	if err != nil {
		return nil, err
	}
	f := &frameReader{conn: conn, r: bufio.NewReader(conn)}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+framesPath+framesOf(customer), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Connection", "Upgrade")
	req.Header.Set("Upgrade", "websocket")
	req.Header.Set("Sec-WebSocket-Version", "13")
	req.Header.Set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
	if err := req.Write(conn); err != nil {
		return nil, err
	}
	resp, err := http.ReadResponse(f.r, req) //nolint:bodyclose // an upgrade has none
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusSwitchingProtocols {
		return nil, fmt.Errorf("status %s", resp.Status)
	}
	return f, nil
}

// next returns a frame's payload, which is good until the next call.
func (f *frameReader) next() ([]byte, error) {
	header, err := f.r.Peek(10) // no frame is shorter
	if err != nil {
		return nil, err
	}
	length, size := int(binary.BigEndian.Uint16(header[2:])), 4
	switch {
	case header[0] == 0x81 && header[1] == 126:
	case header[0] == 0x81 && header[1] == 127:
		length, size = int(binary.BigEndian.Uint64(header[2:])), 10
	default:
		return nil, fmt.Errorf("a frame that begins with %x", header)
	}
	if _, err := f.r.Discard(size); err != nil {
		return nil, err
	}
	if cap(f.buffer) < length {
		f.buffer = make([]byte, length)
	}
	f.buffer = f.buffer[:length]
	_, err = io.ReadFull(f.r, f.buffer)
	return f.buffer, err
}
