package pepay

import (
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Secret is a string that does not print itself: every fmt verb and log/slog
// write "[redacted]". It is a wire type, so encoding/json reads and writes the
// value. The models of this package that hold one implement [slog.LogValuer] and
// [fmt.Formatter], so that they can be logged. A slice or a map of models, and a
// struct of a program's own that holds a Secret, go into a log as [Redacted]
// returns them: slog's JSON handler would encode them as they go over the wire.
type Secret string

// Reveal returns the value. It is the only way to it.
func (s Secret) Reveal() string { return string(s) }

// String returns "[redacted]".
func (Secret) String() string { return redacted }

// GoString returns "[redacted]".
func (Secret) GoString() string { return redacted }

// Format writes "[redacted]", whatever the verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue returns "[redacted]".
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }
