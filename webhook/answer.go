package webhook

import (
	"encoding/json"
	"errors"
	"net/http"
)

// retryLater is the Retry-After, in seconds, of an answer that asks Pepay to
// deliver again.
const retryLater = "5"

// refusal is what a refused delivery is answered with, in Pepay's own words where
// it has them.
func refusal(err error) (status int, code string) {
	switch {
	case errors.Is(err, ErrBodyTooLarge):
		return http.StatusRequestEntityTooLarge, "body_too_large"
	case errors.Is(err, ErrNoSignature), errors.Is(err, ErrBadSignature), errors.Is(err, ErrBadTimestamp):
		return http.StatusBadRequest, "invalid_signature"
	case errors.Is(err, ErrTimestampOutOfRange):
		return http.StatusBadRequest, "timestamp_out_of_range"
	}
	return http.StatusBadRequest, "malformed_event"
}

func writeOK(w http.ResponseWriter) { writeJSON(w, http.StatusOK, map[string]bool{"ok": true}) }

func writeTryAgain(w http.ResponseWriter) {
	w.Header().Set("Retry-After", retryLater)
	writeError(w, http.StatusServiceUnavailable, "try_again")
}

func writeError(w http.ResponseWriter, status int, code string) {
	writeJSON(w, status, map[string]string{"error": code})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // a sender that hung up delivers again
}
