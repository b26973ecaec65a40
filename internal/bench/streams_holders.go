package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/coder/websocket"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	gorilla "github.com/gorilla/websocket"
	openai "github.com/openai/openai-go/v3/packages/websocket"

	"github.com/pepaylabs/pepay-go/stream"
)

func (at secureTarget) url() string { return framesURL(at.base, quietCustomer) }

// wait reads until there is an error and closes the connection when ctx ends.
func wait(ctx context.Context, read func() error, end func() error, received func(error)) {
	stop := context.AfterFunc(ctx, func() { _ = end() })
	defer stop()
	for {
		err := read()
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
	f, err := dialFrames(ctx, strings.TrimPrefix(at.base, "https://"), dial, quietCustomer)
	if err != nil {
		received(err)
		return
	}
	wait(ctx, func() error {
		_, err := f.next()
		return err
	}, f.conn.Close, received)
}

func holdStream(ctx context.Context, at secureTarget, received func(error)) {
	for _, err := range stream.Merchant(at.pepay, stream.Options{CustomerID: quietCustomer}).Events(ctx) {
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
	wait(ctx, func() error {
		_, _, err := conn.Read(background)
		return err
	}, conn.CloseNow, received)
}

func holdGorilla(ctx context.Context, at secureTarget, received func(error)) {
	dialer := &gorilla.Dialer{TLSClientConfig: at.trust}
	conn, _, err := dialer.DialContext(ctx, at.url(), nil) //nolint:bodyclose // the library owns the body
	if err != nil {
		received(err)
		return
	}
	wait(ctx, func() error {
		_, _, err := conn.ReadMessage()
		return err
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
	wait(ctx, func() error {
		_, _, err := wsutil.ReadServerData(through)
		return err
	}, conn.Close, received)
}

func holdOpenAI(ctx context.Context, at secureTarget, received func(error)) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.url(), nil)
	if err != nil {
		received(err)
		return
	}
	decode := func(frame []byte) (int, error) { return len(frame), nil }
	conn, err := openai.Dial(ctx, req, at.client, openai.Options{}, decode, func(int) string { return "" })
	if err != nil {
		received(err)
		return
	}
	wait(ctx, func() error {
		_, err := conn.Recv(ctx)
		return err
	}, func() error {
		conn.Abort()
		return nil
	}, received)
}
