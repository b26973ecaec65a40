package stream

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
)

// One odd element of the list does not fail a resume. An event without its type is
// asked for, once; one without an id is a gap, and the walk goes on.
func TestOddElementsOfTheList(t *testing.T) {
	t.Parallel()
	element := func(id, more string) string {
		return `{"id":"` + id + `","object":"event","created":1700000100` + more + `,"data":{"object":{}}}`
	}
	const typed = `,"type":"invoice.updated"`
	for _, c := range []struct {
		name  string
		pages []string // newest first; what is asked for goes through them
		get   string   // the answer for evt_2
		want  []string
		gap   string
	}{
		{name: "without a type", pages: []string{element("evt_3", typed) + "," + element("evt_2", "") + "," + element("evt_1", typed)},
			get: element("evt_2", typed), want: []string{"evt_1", "evt_2", "evt_3"}},
		{name: "a type that is no text", pages: []string{element("evt_3", typed) + "," + element("evt_2", `,"type":7`)},
			get: element("evt_2", typed), want: []string{"evt_2", "evt_3"}},
		{name: "without a type, wherever asked", pages: []string{element("evt_3", typed) + "," + element("evt_2", "")},
			get: element("evt_2", ""), want: []string{"evt_3"}, gap: "evt_2 without its type"},
		{name: "without a type, and unknown", pages: []string{element("evt_3", typed) + "," + element("evt_2", "")},
			want: []string{"evt_3"}, gap: "evt_2 without its type"},
		{name: "an id that is a number", pages: []string{element("evt_3", typed) + "," + `{"id":7,"object":"event","created":1700000100,"type":"invoice.updated","data":{"object":{}}}`},
			want: []string{"evt_3"}, gap: "without an id"},
		{name: "without an id at the end of a page", pages: []string{element("evt_3", typed) + `,{"object":"event"}`, element("evt_1", typed)},
			want: []string{"evt_1", "evt_3"}, gap: "without an id"},
		{name: "a page without an id", pages: []string{`{"object":"event"}`, element("evt_1", typed)}, gap: "without an id"},
		{name: "null", pages: []string{element("evt_3", typed) + `,null`, element("evt_1", typed)}, want: []string{"evt_1", "evt_3"}, gap: "without an id"},
		{name: "an empty page in the middle", pages: []string{"", element("evt_1", typed)}, gap: "page without the id"},
		{name: "odd optional fields", pages: []string{
			`{"id":"evt_3","object":"event","type":"invoice.updated","created":1700000100123,"livemode":"yes","request":"r","pending_webhooks":"2","data":{"object":{}}}`},
			want: []string{"evt_3"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				gets := 0
				s := serveAPI(t, accept(func(ctx context.Context, _ *websocket.Conn) { <-ctx.Done() }), func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Content-Type", "application/json")
					id, single := strings.CutPrefix(r.URL.Path, "/api/v1/events/")
					switch {
					case single && id == "evt_0":
						_, _ = io.WriteString(w, `{"success":true,"data":`+element("evt_0", typed)+`}`)
					case single:
						gets++
						if c.get == "" {
							w.WriteHeader(http.StatusNotFound)
							return
						}
						_, _ = io.WriteString(w, `{"success":true,"data":`+c.get+`}`)
					default:
						page := 0
						if r.URL.Query().Get("starting_after") != "" {
							page = 1
						}
						_, _ = io.WriteString(w, pageJSON([]string{c.pages[page]}, page+1 < len(c.pages)))
					}
				})
				var resumes []Resume
				ids, err := collect(t, Merchant(s.Client, Options{Since: "evt_0", Observer: Observer{OnResume: func(r Resume) { resumes = append(resumes, r) }}}), 20*time.Second)
				if !errors.Is(err, context.DeadlineExceeded) || !slices.Equal(ids, c.want) {
					t.Errorf("%v: got %v, want %v", err, ids, c.want)
				}
				if len(resumes) != 1 || resumes[0].Gap != (c.gap != "") || !strings.Contains(resumes[0].Reason, c.gap) {
					t.Errorf("the observer heard %+v, want the reason %q", resumes, c.gap)
				}
				if asked := strings.Contains(c.name, "type"); asked && gets != 1 || !asked && gets != 0 {
					t.Errorf("asked %d times", gets)
				}
			})
		})
	}
}
