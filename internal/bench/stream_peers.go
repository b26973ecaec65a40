package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/coder/websocket"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	gorilla "github.com/gorilla/websocket"
	openai "github.com/openai/openai-go/v3/packages/websocket"
)

func framesURL(base, customer string) string {
	return "ws" + strings.TrimPrefix(base, "http") + framesPath + framesOf(customer)
}

func receiveCoder(ctx context.Context, base, customer string) (func(int) error, func(), error) {
	conn, _, err := websocket.Dial(ctx, framesURL(base, customer), nil) //nolint:bodyclose // the library owns the body
	if err != nil {
		return nil, nil, err
	}
	var s sequence
	background := context.WithoutCancel(ctx) // a context that can end makes a read dearer
	return repeat(func() error {
		_, frame, err := conn.Read(background)
		if err != nil {
			return err
		}
		return s.decodePlain(frame)
	}), func() { _ = conn.CloseNow() }, nil
}

func receiveGorilla(ctx context.Context, base, customer string) (func(int) error, func(), error) {
	conn, _, err := new(gorilla.Dialer).DialContext(ctx, framesURL(base, customer), nil) //nolint:bodyclose // the library owns the body
	if err != nil {
		return nil, nil, err
	}
	var s sequence
	return repeat(func() error {
		_, frame, err := conn.ReadMessage()
		if err != nil {
			return err
		}
		return s.decodePlain(frame)
	}), func() { _ = conn.Close() }, nil
}

// receiveGobwas reads through a buffer; without one, gobwas/ws asks the kernel for
// every header.
func receiveGobwas(ctx context.Context, base, customer string) (func(int) error, func(), error) {
	conn, buffered, _, err := ws.Dial(ctx, framesURL(base, customer))
	if err != nil {
		return nil, nil, err
	}
	if buffered == nil { // else it has the frames that came right behind the answer
		buffered = bufio.NewReader(conn)
	}
	through := struct {
		io.Reader
		io.Writer
	}{buffered, conn}
	var s sequence
	return repeat(func() error {
		frame, _, err := wsutil.ReadServerData(through)
		if err != nil {
			return err
		}
		return s.decodePlain(frame)
	}), func() { _ = conn.Close() }, nil
}

// receiveOpenAI reads and decodes on a goroutine of the library's, into a queue
// without a limit. It asks for a batch at a time; otherwise the queue would grow
// while the other contestants run.
func receiveOpenAI(ctx context.Context, base, _ string) (func(int) error, func(), error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, framesURL(base, "")+"?pull=1", nil)
	if err != nil {
		return nil, nil, err
	}
	decode := func(frame []byte) (*plainEvent, error) {
		ev := new(plainEvent)
		return ev, json.Unmarshal(frame, ev)
	}
	conn, err := openai.Dial(ctx, req, &http.Client{}, openai.Options{}, decode, func(*plainEvent) string { return "" })
	if err != nil {
		return nil, nil, err
	}
	var s sequence
	one := repeat(func() error {
		ev, err := conn.Recv(ctx)
		if err != nil {
			return err
		}
		return s.check(ev.ID, ev.Type, ev.Data.Object)
	})
	return func(n int) error {
		for range n / framesPulled {
			if err := conn.Send(ctx, []byte("more")); err != nil {
				return err
			}
			if err := one(framesPulled); err != nil {
				return err
			}
		}
		return nil
	}, conn.Abort, nil
}
