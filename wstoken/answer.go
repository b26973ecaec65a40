package wstoken

import (
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// refusal is an answer that is not a token.
type refusal struct {
	status     int
	code       string
	retryAfter time.Duration
}

var (
	refuseMethod   = &refusal{status: http.StatusMethodNotAllowed, code: "method_not_allowed"}
	refuseOrigin   = &refusal{status: http.StatusForbidden, code: "origin_not_allowed"}
	refuseSignIn   = &refusal{status: http.StatusUnauthorized, code: "not_signed_in"}
	refusePerson   = &refusal{status: http.StatusForbidden, code: "forbidden"}
	refuseBody     = &refusal{status: http.StatusRequestEntityTooLarge, code: "body_too_large"}
	refuseBroken   = &refusal{status: http.StatusBadRequest, code: "bad_request"}
	refuseInternal = &refusal{status: http.StatusInternalServerError, code: "internal"}
)

func (f *refusal) write(w http.ResponseWriter) {
	if f.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(f.retryAfter.Seconds()))))
	}
	writeJSON(w, f.status, map[string]string{"error": f.code})
}

// writeToken answers with a token. Its life is also told in seconds, so that a
// page needs neither a right clock nor the Date header.
func writeToken(w http.ResponseWriter, token *pepay.WSToken) {
	now := time.Now()
	w.Header().Set("Date", now.UTC().Format(http.TimeFormat)) // the moment expires_at is to be compared with
	writeJSON(w, http.StatusOK, struct {
		Token     string             `json:"token"`
		Scope     pepay.WSTokenScope `json:"scope"`
		ExpiresAt int64              `json:"expires_at"`
		ExpiresIn int64              `json:"expires_in"`
		WSURL     string             `json:"ws_url"`
	}{
		token.Token.Reveal(), token.Scope, token.ExpiresAt.Unix(),
		max(0, int64(token.ExpiresAt.Sub(now)/time.Second)), token.WSURL,
	})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // a client that hung up gets no answer
}
