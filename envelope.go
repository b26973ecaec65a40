package pepay

import (
	"fmt"
	"log/slog"
)

// Envelope is the form of most of Pepay's answers: {"success":true,"data":…}. The
// services of package wrapper open it; [ClientWithResponses] returns it as it is.
// It shows no secrets of its data.
type Envelope[T any] struct {
	Success bool `json:"success,omitempty,omitzero"`
	Data    T    `json:"data,omitempty,omitzero"`
}

// LogValue shows the answer without its secrets.
func (e Envelope[T]) LogValue() slog.Value { return logValue(e) }

// Format shows the answer without its secrets, whatever the verb.
func (e Envelope[T]) Format(f fmt.State, _ rune) { format(f, e) }
