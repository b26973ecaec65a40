// Package answers keeps what Pepay answers as it came, beside the values that the client
// decodes from it: with members that this version does not know, and with every 0 and null.
package answers

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// Recorder keeps the newest answer of a client. Its zero value is ready to use. It is safe
// for concurrent use.
type Recorder struct {
	mu     sync.Mutex
	number int
	body   []byte
	at     time.Time
}

// Answer is an answer as it came.
type Answer struct {
	Number int             // counted from 1; 0 before the first one
	At     time.Time       // when it came
	Data   json.RawMessage // the data of an envelope, or the whole answer where there is none
}

// Middleware records for a client.
func (r *Recorder) Middleware(next pepay.HttpRequestDoer) pepay.HttpRequestDoer {
	return doer(func(req *http.Request) (*http.Response, error) {
		resp, err := next.Do(req)
		if err != nil || resp == nil || resp.Body == nil {
			return resp, err
		}
		body, err := io.ReadAll(resp.Body) // the client has read it whole and bounded it
		if closeErr := resp.Body.Close(); err == nil {
			err = closeErr
		}
		if err != nil {
			return nil, err
		}
		resp.Body = io.NopCloser(bytes.NewReader(body))
		r.mu.Lock()
		r.number, r.body, r.at = r.number+1, body, time.Now()
		r.mu.Unlock()
		return resp, nil
	})
}

type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(req *http.Request) (*http.Response, error) { return d(req) }

// Last is the newest answer.
func (r *Recorder) Last() Answer {
	r.mu.Lock()
	defer r.mu.Unlock()
	return Answer{r.number, r.at, open(r.body)}
}

// open takes the data out of an envelope, such as {"success":true,"data":…}.
func open(body []byte) json.RawMessage {
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil || members["data"] == nil {
		return body
	}
	_, success := members["success"]
	for name := range members {
		if !success && name != "data" && name != "ok" && name != "status" {
			return body
		}
	}
	return members["data"]
}
