package stream

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wstoken"
)

var errPanic = errors.New("of the user's own")

// panickingStore panics where it is told to.
type panickingStore struct{ load, save bool }

func (s panickingStore) Load(context.Context) (string, error) {
	if s.load {
		panic(errPanic)
	}
	return "", nil
}

func (s panickingStore) Save(context.Context, string) error {
	if s.save {
		panic(errPanic)
	}
	return nil
}

// panickingHandler panics at a message.
type panickingHandler struct {
	slog.Handler
	at string
}

func (h panickingHandler) Handle(_ context.Context, r slog.Record) error {
	if strings.Contains(r.Message, h.at) {
		panic(errPanic)
	}
	return nil
}

// A panic in what the user gave reaches whoever ranges, with its value, and leaves
// no connection. Some callbacks run on a timer's goroutine, where it would end the
// process.
func TestPanicInACallback(t *testing.T) {
	t.Parallel()
	on := func(wanted State) Observer {
		return Observer{OnState: func(state State, _ error) {
			if state == wanted {
				panic(errPanic)
			}
		}}
	}
	logger := func(at string) *slog.Logger {
		return slog.New(panickingHandler{slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelDebug}), at})
	}
	for name, o := range map[string]Options{
		"OnState, connecting":          {Observer: on(StateConnecting)},
		"OnState, live":                {Observer: on(StateLive)},
		"OnState, live after a replay": {Since: "evt_0", Observer: on(StateLive)},
		"OnState, replaying":           {Since: "evt_0", Observer: on(StateReplaying)},
		"OnState, waiting":             {Observer: on(StateWaiting)},
		"OnState, closed":              {Observer: on(StateClosed)},
		"OnResume":                     {Since: "evt_0", Observer: Observer{OnResume: func(Resume) { panic(errPanic) }}},
		"OnResume, and the logger":     {Since: "evt_0", Observer: Observer{OnResume: func(Resume) { panic(errPanic) }}, Logger: logger("panicked")},
		"OnControl":                    {Observer: Observer{OnControl: func(Control) { panic(errPanic) }}},
		"Logger, connected":            {Logger: logger("connected")},
		"Logger, disconnected":         {Logger: logger("disconnected")},
		"Cursor.Load":                  {Cursor: panickingStore{load: true}},
		"Cursor.Save":                  {Cursor: panickingStore{save: true}},
		"Source": {Source: wstoken.SourceFunc(func(context.Context) (*pepay.WSToken, error) {
			panic(errPanic)
		})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var open atomic.Int64
				s := serve(t, accept(func(ctx context.Context, c *websocket.Conn) {
					open.Add(1)
					defer open.Add(-1)
					reading, cancel := context.WithTimeout(ctx, 5*time.Second)
					defer cancel()
					go func() {
						_ = sleep(reading, 2*time.Second, nil) // caught up by then
						for _, frame := range []string{`{"object":"ws_control"}`, event(1), event(2)} {
							_ = c.Write(reading, websocket.MessageText, []byte(frame))
						}
					}()
					_, _, _ = c.Read(reading)
				}))
				stream := Merchant(s.Client, o)
				start := time.Now()
				caught := func() (value any) {
					defer func() { value = recover() }()
					_, _ = collect(t, stream, time.Minute)
					return nil
				}()
				if caught != errPanic {
					t.Errorf("the loop panicked with %v", caught)
				}
				if took := time.Since(start); strings.HasPrefix(name, "OnResume") && took > 1500*time.Millisecond {
					t.Errorf("the loop heard of it after %s", took) // when the server had closed
				}
				synctest.Wait()
				if open.Load() != 0 {
					t.Error("the connection is open still")
				}
				if stream.State() != StateClosed || !stream.start() {
					t.Errorf("the stream is %s and cannot be used again", stream.State())
				}
			})
		})
	}
}

// A panic of the loop's own body comes first.
func TestPanicInTheLoopAndInACallback(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, accept(func(ctx context.Context, c *websocket.Conn) {
			_ = c.Write(ctx, websocket.MessageText, []byte(event(1)))
			_, _, _ = c.Read(ctx)
		}))
		defer func() {
			if value := recover(); value != "in the loop" {
				t.Errorf("panicked with %v", value)
			}
		}()
		o := Options{Observer: Observer{OnState: func(state State, _ error) {
			if state == StateClosed {
				panic(errPanic)
			}
		}}}
		for range Merchant(s.Client, o).Events(t.Context()) { //nolint:errcheck // it is left with the first event
			panic("in the loop")
		}
	})
}
