package stream

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
)

// A frame with one odd field is an event like any other, and a frame that is no
// event is told and skipped, all on one connection.
func TestOddFramesDoNotEndAConnection(t *testing.T) {
	t.Parallel()
	const head = `{"id":"evt_2","object":"event","type":"invoice.updated"`
	for _, c := range []struct {
		name, frame string
		event       bool
		undecoded   string // as logged
		control     string // raw
	}{
		{"created in milliseconds", head + `,"created":1734780000123,"data":{"object":{}}}`, true, "", ""},
		{"created without a zone", head + `,"created":"2025-12-21T12:34:56","data":{"object":{}}}`, true, "", ""},
		{"created as an object", head + `,"created":{},"data":{"object":{}}}`, true, "[created]", ""},
		{"request as a text", head + `,"request":"req_1"}`, true, "", ""},
		{"request as a number", head + `,"request":1}`, true, "[request]", ""},
		{"livemode as a text", head + `,"livemode":"false"}`, true, "", ""},
		{"livemode as a word", head + `,"livemode":"live"}`, true, "[livemode]", ""},
		{"api_version as a number", head + `,"api_version":20251216}`, true, "[api_version]", ""},
		{"pending_webhooks as a list", head + `,"pending_webhooks":[]}`, true, "[pending_webhooks]", ""},
		{"data as a text", head + `,"data":"x"}`, true, "[data]", ""},
		{"object missing", `{"id":"evt_2","type":"invoice.updated","created":1,"data":{"object":{}}}`, true, "", ""},
		{"a keep-alive that is not JSON", `ping`, false, "", `"ping"`},
		{"nothing", ``, false, "", `""`},
		{"a number", `7`, false, "", `7`},
		{"a list", `[1]`, false, "", `[1]`},
		{"null", `null`, false, "", `null`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := serve(t, accept(func(ctx context.Context, conn *websocket.Conn) {
					for _, frame := range []string{event(1), c.frame, event(3)} {
						_ = conn.Write(ctx, websocket.MessageText, []byte(frame))
					}
					_, _, _ = conn.Read(ctx)
				}))
				var logged bytes.Buffer
				var controls []string
				stream := Merchant(s.Client, Options{
					Logger:   slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelWarn})),
					Observer: Observer{OnControl: func(control Control) { controls = append(controls, string(control.Raw)) }},
				})
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				var ids []string
				for ev, err := range stream.Events(ctx) {
					if err != nil {
						t.Fatalf("after %v: %v", ids, err)
					}
					if ids = append(ids, ev.ID); ev.ID == "evt_3" {
						break
					}
				}
				want, wantControls := "evt_1 evt_2 evt_3", ""
				if !c.event {
					want, wantControls = "evt_1 evt_3", c.control
				}
				if got := strings.Join(ids, " "); got != want || s.dials.Load() != 1 {
					t.Errorf("got %s after %d dials, want %s", got, s.dials.Load(), want)
				}
				if got := strings.Join(controls, " "); got != wantControls {
					t.Errorf("told %s, want %s", got, wantControls)
				}
				if text := logged.String(); (c.undecoded != "") != strings.Contains(text, "could not be read") || !strings.Contains(text, c.undecoded) {
					t.Errorf("logged %q, want the fields %q", text, c.undecoded)
				}
			})
		})
	}
}
