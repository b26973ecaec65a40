package pepay

import (
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Secret is a string that does not print itself: every fmt verb and log/slog
// write "[redacted]". It is a wire type, so encoding/json reads and writes the
// value; structs that hold one must not be logged through a JSON encoder unless
// they implement [slog.LogValuer], as the models of this package do.
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

// LogValue leaves the token's value out. log/slog's JSON handler would print it
// otherwise, because it encodes structs in their wire form.
func (t WSToken) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Any("token", t.Token),
		slog.String("scope", string(t.Scope)),
		slog.Int64("merchant_id", t.MerchantID),
		slog.String("network_environment", string(t.NetworkEnvironment)),
		slog.Time("expires_at", t.ExpiresAt.Time),
		slog.String("ws_url", t.WSURL),
	)
}

// LogValue leaves the token's value out, as [WSToken.LogValue] does.
func (r WSTokenMintResponse) LogValue() slog.Value {
	return slog.GroupValue(slog.Bool("success", r.Success), slog.Any("data", r.Data))
}
