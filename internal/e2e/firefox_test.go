package e2e_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/coder/websocket"
)

// firefox is a browser, driven over WebDriver BiDi.
//
// See https://w3c.github.io/webdriver-bidi/
type firefox struct {
	conn   *websocket.Conn
	closed chan struct{} // nothing is read any more

	mu      sync.Mutex
	last    int
	waiting map[int]chan bidiMessage
	logs    map[string]*browserLog // by tab
}

// firefoxTab is a tab with cookies of its own.
type firefoxTab struct {
	*firefox
	id, user string
}

// bidiMessage is an answer to a command, or an event.
type bidiMessage struct {
	ID      int             `json:"id"`
	Method  string          `json:"method"`
	Params  json.RawMessage `json:"params"`
	Result  json.RawMessage `json:"result"`
	Error   string          `json:"error"`
	Message string          `json:"message"`
}

func (f *firefox) newPage(t *testing.T) *page {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var user struct{ UserContext string }
	var tab struct{ Context string }
	err := f.call(ctx, "browser.createUserContext", map[string]any{}, &user)
	if err == nil {
		err = f.call(ctx, "browsingContext.create", map[string]any{"type": "tab", "background": true, "userContext": user.UserContext}, &tab)
	}
	if err != nil {
		t.Fatal(err)
	}
	f.mu.Lock()
	f.logs[tab.Context] = &browserLog{}
	f.mu.Unlock()
	p := &page{t: t, driver: &firefoxTab{f, tab.Context, user.UserContext}}
	t.Cleanup(func() {
		p.keepScreenshot()
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := f.call(ctx, "browser.removeUserContext", map[string]any{"userContext": user.UserContext}, nil); err != nil {
			t.Error(err) // its tabs are closed with it
		}
	})
	return p
}

// attach opens a session.
func (f *firefox) attach(address string) error {
	// A machine that does something else takes longer to start a browser than to show a page.
	ctx, cancel := context.WithTimeout(context.Background(), 6*patience)
	defer cancel()
	conn, resp, err := websocket.Dial(ctx, address+"/session", nil)
	if err != nil {
		return err
	}
	if resp.Body != nil {
		_ = resp.Body.Close()
	}
	conn.SetReadLimit(-1) // screenshots
	f.conn = conn
	go f.read()
	if err := f.call(ctx, "session.new", map[string]any{"capabilities": map[string]any{}}, nil); err != nil {
		return err
	}
	return f.call(ctx, "session.subscribe", map[string]any{"events": []string{"log.entryAdded", "network.beforeRequestSent"}}, nil)
}

func (f *firefox) close() {
	if f.conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_ = f.call(ctx, "browser.close", map[string]any{}, nil)
	_ = f.conn.CloseNow()
	<-f.closed
}

func (f *firefox) read() {
	defer close(f.closed)
	for {
		_, data, err := f.conn.Read(context.Background())
		if err != nil {
			return
		}
		var message bidiMessage
		if json.Unmarshal(data, &message) != nil {
			continue
		}
		f.mu.Lock()
		if answer := f.waiting[message.ID]; answer != nil {
			answer <- message
			delete(f.waiting, message.ID)
		} else {
			f.note(message)
		}
		f.mu.Unlock()
	}
}

// note keeps what an event says. The caller holds the lock.
func (f *firefox) note(message bidiMessage) {
	var params struct {
		Level, Text, Type, Context string
		Source                     struct{ Context string }
		Request                    struct {
			URL     string
			Headers []struct{ Name string }
		}
	}
	if json.Unmarshal(message.Params, &params) != nil {
		return
	}
	log := f.logs[params.Context+params.Source.Context] // an event has one of them
	switch {
	case log == nil:
	case message.Method == "log.entryAdded":
		if params.Type == "console" || params.Level == "error" || params.Level == "warn" {
			log.errors = append(log.errors, params.Level+" "+params.Text)
		}
	case message.Method == "network.beforeRequestSent":
		u := params.Request.URL
		for _, header := range params.Request.Headers {
			if strings.EqualFold(header.Name, "Sec-WebSocket-Key") { // what is reported is the request to upgrade
				u = "ws" + strings.TrimPrefix(u, "http")
			}
		}
		log.addRequest(u)
	}
}

// call sends a command and waits for its answer.
func (f *firefox) call(ctx context.Context, method string, params, into any) error {
	answer := make(chan bidiMessage, 1)
	f.mu.Lock()
	f.last++
	id := f.last
	f.waiting[id] = answer
	f.mu.Unlock()
	data, err := json.Marshal(map[string]any{"id": id, "method": method, "params": params})
	if err != nil {
		return err
	}
	if err := f.conn.Write(ctx, websocket.MessageText, data); err != nil {
		return err
	}
	select {
	case message := <-answer:
		if message.Error != "" {
			return fmt.Errorf("%s: %s: %s", method, message.Error, message.Message)
		}
		if into == nil {
			return nil
		}
		return json.Unmarshal(message.Result, into)
	case <-f.closed:
		return fmt.Errorf("%s: Firefox has closed the connection", method)
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", method, ctx.Err())
	}
}

func (f *firefoxTab) navigate(ctx context.Context, url string) error {
	return f.call(ctx, "browsingContext.navigate", map[string]any{"context": f.id, "url": url, "wait": "complete"}, nil)
}

// evaluate has the page put its value into JSON: BiDi's own form of values is another one.
func (f *firefoxTab) evaluate(ctx context.Context, js string, into any) error {
	var result struct {
		Type   string
		Result struct {
			Type  string
			Value string
		}
		ExceptionDetails struct{ Text string }
	}
	if err := f.call(ctx, "script.evaluate", map[string]any{
		"expression": "Promise.resolve(" + strings.TrimRight(js, "; ") + ").then(v => JSON.stringify(v ?? null))",
		"target":     map[string]any{"context": f.id}, "awaitPromise": true,
	}, &result); err != nil {
		return err
	}
	if result.Type != "success" {
		return errors.New(result.ExceptionDetails.Text)
	}
	return json.Unmarshal([]byte(result.Result.Value), into)
}

func (f *firefoxTab) enter(ctx context.Context, selector, text string) error {
	focus, err := json.Marshal(selector)
	if err != nil {
		return err
	}
	var focused bool
	if err := f.evaluate(ctx, "document.querySelector("+string(focus)+").focus() ?? true", &focused); err != nil {
		return err
	}
	var keys []map[string]any
	for _, key := range text {
		if key == '\r' {
			key = '\uE006' // Return, as WebDriver writes it
		}
		keys = append(keys, map[string]any{"type": "keyDown", "value": string(key)}, map[string]any{"type": "keyUp", "value": string(key)})
	}
	return f.call(ctx, "input.performActions", map[string]any{
		"context": f.id, "actions": []any{map[string]any{"type": "key", "id": "keyboard", "actions": keys}},
	}, nil)
}

func (f *firefoxTab) clearCookies(ctx context.Context) error {
	return f.call(ctx, "storage.deleteCookies", map[string]any{"partition": map[string]any{"type": "storageKey", "userContext": f.user}}, nil)
}

func (f *firefoxTab) screenshot(ctx context.Context) ([]byte, error) {
	var shot struct{ Data []byte }
	err := f.call(ctx, "browsingContext.captureScreenshot", map[string]any{"context": f.id, "origin": "document"}, &shot)
	return shot.Data, err
}

func (f *firefoxTab) logged(read func(*browserLog)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	read(f.logs[f.id])
}
