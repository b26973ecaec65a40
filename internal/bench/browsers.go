package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
)

// browsers are clients of a handler, each with a connection that it keeps. They are as
// cheap as can be, since they share the processors with the server that is measured.
type browsers struct {
	all []*browser
}

type browser struct {
	conn    net.Conn
	answers *bufio.Reader
	request []byte
}

func connectBrowsers(ctx context.Context, base, path string, n int) (*browsers, error) {
	host := strings.TrimPrefix(base, "http://")
	request := []byte("POST " + path + " HTTP/1.1\r\nHost: " + host + "\r\nOrigin: " + base +
		"\r\nSec-Fetch-Site: same-origin\r\nAccept: application/json\r\nContent-Length: 0\r\n\r\n")
	b := &browsers{}
	for range n {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", host)
		if err != nil {
			return b, err
		}
		b.all = append(b.all, &browser{conn, bufio.NewReader(conn), request})
	}
	return b, nil
}

func (b *browsers) close() {
	for _, one := range b.all {
		_ = one.conn.Close()
	}
}

// each is how many tokens a browser asks for in a batch.
func (b *browsers) each() int { return max(1, handoutsAtOnce/len(b.all)) }

// batch is how many tokens all of them ask for.
func (b *browsers) batch() int { return b.each() * len(b.all) }

// ask lets all browsers ask at the same time, and returns when each has its tokens.
func (b *browsers) ask() error {
	failures := make([]error, len(b.all))
	var asking sync.WaitGroup
	for i, one := range b.all {
		asking.Go(func() {
			for range b.each() {
				if failures[i] = one.ask(); failures[i] != nil {
					return
				}
			}
		})
	}
	asking.Wait()
	return errors.Join(failures...)
}

// ask returns an error unless the answer has the token.
func (b *browser) ask() error {
	if _, err := b.conn.Write(b.request); err != nil {
		return err
	}
	line, err := b.answers.ReadSlice('\n')
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(line, []byte("HTTP/1.1 200 ")) {
		return fmt.Errorf("the answer is %q", bytes.TrimSpace(line))
	}
	length := 0
	for len(line) > 2 {
		if line, err = b.answers.ReadSlice('\n'); err != nil {
			return err
		}
		if value, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return err
			}
		}
	}
	body, err := b.answers.Peek(length)
	if err != nil {
		return err
	}
	if !bytes.Contains(body, []byte(`"token":"`+mintToken+`"`)) {
		return fmt.Errorf("there is no token in %q", body)
	}
	_, err = b.answers.Discard(length)
	return err
}
