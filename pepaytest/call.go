package pepaytest

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/internal/server"
)

// call is a request for an operation of the contract, after it was admitted.
type call struct {
	operation      *pepay.Operation
	who            requester
	requestID      string
	idempotencyKey string // empty where the operation documents none
	path           string // as it was sent, with the query
	body           []byte
}

// newCall admits a request: 401 or 403 to who may not, 400 to what the contract does
// not allow.
func (s *Server) newCall(op *pepay.Operation, number int64, r *http.Request, body []byte) (*call, *problem) {
	who, bad := s.identify(op, r.Header)
	if bad != nil {
		return nil, bad
	}
	if err := checkRequest(op.ID, r, body); err != nil {
		return nil, invalidRequest(err.Error())
	}
	c := &call{operation: op, who: who, requestID: requestID(number), path: r.Method + " " + r.URL.RequestURI(), body: body}
	if op.IdempotencyKey {
		c.idempotencyKey = r.Header.Get("Idempotency-Key")
	}
	return c, nil
}

// checkRequest compares a request with what the contract says about its operation.
func checkRequest(operationID string, r *http.Request, body []byte) error {
	if err := server.CheckQuery(operationID, r.URL.RawQuery); err != nil {
		return err
	}
	if err := server.CheckHeaders(operationID, r.Header); err != nil {
		return err
	}
	return server.CheckBody(operationID, r.Header.Get("Content-Type"), body)
}

type callKey struct{}

func withCall(ctx context.Context, c *call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

// callOf is what admission found out about a request.
func callOf(r *http.Request) *call {
	return r.Context().Value(callKey{}).(*call)
}

// bodyOf is the body of a call, which the contract's schema has accepted. An empty one
// is the zero T. Names of members count as they are written, unlike in encoding/json.
func bodyOf[T any](t *tx) T { return decodeBody[T](t.call) }

func decodeBody[T any](c *call) T {
	var in T
	if known := server.KnownBody(c.operation.ID, c.body); len(known) > 0 {
		_ = json.Unmarshal(known, &in)
	}
	return in
}

// respond answers with what handle returns, as JSON with the documented status, or with
// its problem. handle runs while the state is locked. With an Idempotency-Key it runs
// once: the same request again gets the same answer.
func (h handlers) respond(w http.ResponseWriter, r *http.Request, handle func(*tx) (any, *problem)) {
	c := callOf(r)
	h.server.change(c, func(t *tx) {
		past, bad := t.pastAnswer()
		switch {
		case bad != nil:
			bad.write(w)
			return
		case past != nil:
			writeEncoded(w, past.Status, past.Body)
			return
		}
		body, bad := handle(t)
		if bad != nil {
			bad.write(w)
			return
		}
		status, encoded := successStatus(c.operation), encode(body)
		t.rememberAnswer(status, encoded)
		writeEncoded(w, status, encoded)
	})
}

// successStatus is the first documented one.
func successStatus(op *pepay.Operation) int {
	for _, success := range op.Success {
		if status, err := strconv.Atoi(success.Status); err == nil {
			return status
		}
	}
	return http.StatusOK
}

// inData is the envelope that most answers have.
type inData struct {
	Success bool `json:"success"`
	Data    any  `json:"data"`
}

func data(v any) inData { return inData{Success: true, Data: v} }

// inDataWithMessage is the envelope of some commerce answers.
type inDataWithMessage struct {
	Success bool   `json:"success"`
	Message string `json:"message"`
	Data    any    `json:"data"`
}

// pastAnswer is the answer to a request with an Idempotency-Key. Only successes are
// kept: a request that was refused changed nothing.
type pastAnswer struct {
	ID     string          `json:"id"`
	Digest [32]byte        `json:"digest"` // of what was asked for
	Status int             `json:"status"`
	Body   json.RawMessage `json:"body"`
}

func (p *pastAnswer) key() string { return p.ID }

func (c *call) answerID() string {
	return strconv.FormatInt(c.who.merchantID, 10) + " " + c.operation.ID + " " + c.idempotencyKey
}

func (c *call) digest() [32]byte {
	return sha256.Sum256(append([]byte(c.path+"\n"), c.body...))
}

// pastAnswer is what the same request was answered before, or nil. Another request with
// the same key is a conflict. Pepay documents the status and no code.
//
// See https://docs-alpha.pepay.io/api-spec/endpoints/invoices-create
func (t *tx) pastAnswer() (*pastAnswer, *problem) {
	if t.call.idempotencyKey == "" {
		return nil, nil
	}
	past := t.Answers.get(t.call.answerID())
	if past != nil && past.Digest != t.call.digest() {
		return nil, &problem{http.StatusConflict, "IDEMPOTENCY_CONFLICT", "Idempotency-Key was used for another request; make a new key for each request"}
	}
	return past, nil
}

func (t *tx) rememberAnswer(status int, body []byte) {
	if t.call.idempotencyKey != "" {
		t.Answers.add(&pastAnswer{ID: t.call.answerID(), Digest: t.call.digest(), Status: status, Body: body})
	}
}
