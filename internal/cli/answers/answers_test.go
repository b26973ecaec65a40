package answers_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go/internal/cli/answers"
)

type answering func() (*http.Response, error)

func (a answering) Do(*http.Request) (*http.Response, error) { return a() }

func TestRecorder(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, body, want string }{
		{"data", `{"success":true,"data":{"a":0},"message":"m"}`, `{"a":0}`},
		{"data, told by ok", `{"ok":true,"data":[]}`, `[]`},
		{"data, told by status", `{"status":"ok","data":null}`, `null`},
		{"whole", `{"object":"list","data":[1],"has_more":false}`, `{"object":"list","data":[1],"has_more":false}`},
		{"success without data", `{"success":true,"blocked":true}`, `{"success":true,"blocked":true}`},
		{"an array", `[1,2]`, `[1,2]`},
		{"nothing", ``, ``},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var r answers.Recorder
			if last := r.Last(); last.Number != 0 || last.Data != nil || !last.At.IsZero() {
				t.Errorf("%+v before the first answer", last)
			}
			resp, err := r.Middleware(answering(func() (*http.Response, error) {
				return &http.Response{Body: io.NopCloser(strings.NewReader(tc.body))}, nil
			})).Do(nil)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = resp.Body.Close() }()
			if body, err := io.ReadAll(resp.Body); err != nil || string(body) != tc.body {
				t.Errorf("the client gets %q: %v", body, err)
			}
			if last := r.Last(); string(last.Data) != tc.want || last.At.IsZero() || last.Number != 1 {
				t.Errorf("%+v, want %s", last, tc.want)
			}
		})
	}
}

// A failed call leaves the answer before it.
func TestRecorderAfterAFailure(t *testing.T) {
	t.Parallel()
	var r answers.Recorder
	failure := errors.New("refused")
	for _, answer := range []answering{
		func() (*http.Response, error) {
			return &http.Response{Body: io.NopCloser(strings.NewReader(`[1]`))}, nil
		},
		func() (*http.Response, error) { return nil, failure },
	} {
		if resp, err := r.Middleware(answer).Do(nil); err == nil {
			_ = resp.Body.Close()
		} else if !errors.Is(err, failure) {
			t.Error(err)
		}
	}
	if last := r.Last(); string(last.Data) != "[1]" || last.Number != 1 {
		t.Errorf("%+v", last)
	}
}
