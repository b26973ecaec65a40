package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	gorilla "github.com/gorilla/websocket"
	openai "github.com/openai/openai-go/v3/packages/websocket"

	"github.com/pepaylabs/pepay-go/stream"
)

func (at secureTarget) url() string { return framesURL(at.base, at.customer) }

// wait reads until there is an error and closes the connection when ctx ends.
func (at secureTarget) wait(ctx context.Context, read func() ([]byte, error), end func() error, received func(error)) {
	stop := context.AfterFunc(ctx, func() { _ = end() })
	defer stop()
	var s sequence
	for {
		frame, err := read()
		if err == nil && at.decodes {
			err = s.decodePlain(frame)
		}
		received(err)
		if err != nil {
			_ = end()
			return
		}
	}
}

func holdBare(ctx context.Context, at secureTarget, received func(error)) {
	dial := func(ctx context.Context, address string) (net.Conn, error) {
		return (&tls.Dialer{Config: at.trust}).DialContext(ctx, "tcp", address)
	}
	f, err := dialFrames(ctx, strings.TrimPrefix(at.base, "https://"), dial, at.customer)
	if err != nil {
		received(err)
		return
	}
	at.wait(ctx, f.next, f.conn.Close, received)
}

func holdStream(ctx context.Context, at secureTarget, received func(error)) {
	var s sequence
	// The server answers no pings, so the stream must not wait for an answer.
	for ev, err := range stream.Merchant(at.pepay, stream.Options{CustomerID: at.customer, IdleTimeout: time.Hour}).Events(ctx) {
		if err == nil {
			err = s.check(ev.ID, ev.Type, ev.Data.Object)
		}
		received(err)
	}
}

func holdCoder(ctx context.Context, at secureTarget, received func(error)) {
	conn, _, err := websocket.Dial(ctx, at.url(), &websocket.DialOptions{HTTPClient: at.client}) //nolint:bodyclose // the library owns the body
	if err != nil {
		received(err)
		return
	}
	background := context.WithoutCancel(ctx)
	at.wait(ctx, func() ([]byte, error) {
		_, frame, err := conn.Read(background)
		return frame, err
	}, conn.CloseNow, received)
}

func holdGorilla(ctx context.Context, at secureTarget, received func(error)) {
	dialer := &gorilla.Dialer{TLSClientConfig: at.trust}
	conn, _, err := dialer.DialContext(ctx, at.url(), nil) //nolint:bodyclose // the library owns the body
	if err != nil {
		received(err)
		return
	}
	at.wait(ctx, func() ([]byte, error) {
		_, frame, err := conn.ReadMessage()
		return frame, err
	}, conn.Close, received)
}

func holdGobwas(ctx context.Context, at secureTarget, received func(error)) {
	conn, buffered, _, err := ws.Dialer{TLSConfig: at.trust}.Dial(ctx, at.url())
	if err != nil {
		received(err)
		return
	}
	if buffered == nil {
		buffered = bufio.NewReader(conn)
	}
	through := struct {
		io.Reader
		io.Writer
	}{buffered, conn}
	at.wait(ctx, func() ([]byte, error) {
		frame, _, err := wsutil.ReadServerData(through)
		return frame, err
	}, conn.Close, received)
}

func holdOpenAI(ctx context.Context, at secureTarget, received func(error)) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.url(), nil)
	if err != nil {
		received(err)
		return
	}
	decode := func(frame []byte) ([]byte, error) { return frame, nil }
	conn, err := openai.Dial(ctx, req, at.client, openai.Options{}, decode, func([]byte) string { return "" })
	if err != nil {
		received(err)
		return
	}
	at.wait(ctx, func() ([]byte, error) { return conn.Recv(ctx) }, func() error {
		conn.Abort()
		return nil
	}, received)
}
