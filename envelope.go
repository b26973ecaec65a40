package pepay

import (
	"encoding/json"
	"fmt"
	"log/slog"
)

// Envelope is the form of most of Pepay's answers: {"success":true,"data":…}. The
// services of package wrapper open it; [ClientWithResponses] returns it as it is.
// It shows no secrets of its data.
type Envelope[T any] struct {
	Success bool `json:"success,omitempty,omitzero"`
	// OK stands in for Success in a form of the answer to a search.
	OK   bool `json:"ok,omitempty,omitzero"`
	Data T    `json:"data,omitempty,omitzero"`
	// Message says in words what was done, for people and logs.
	Message string `json:"message,omitempty,omitzero"`
	// Meta is about the answer, such as the time of a product's offers.
	Meta json.RawMessage `json:"meta,omitempty,omitzero"`
}

// LogValue shows the answer without its secrets.
func (e Envelope[T]) LogValue() slog.Value { return logValue(e) }

// Format shows the answer without its secrets, whatever the verb.
func (e Envelope[T]) Format(f fmt.State, _ rune) { format(f, e) }
