package pepaytest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"

	"github.com/pepaylabs/pepay-go"
)

// signedTimestamp is a time as X-Pepay-Timestamp has it.
func signedTimestamp(at time.Time) string { return strconv.FormatInt(at.UnixMilli(), 10) }

// sign is HMAC-SHA256 of "<timestamp>.<body>" in hex.
//
// See https://docs-alpha.pepay.io/api-spec/webhooks-authentication
func sign(secret pepay.Secret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret.Reveal()))
	mac.Write([]byte(timestamp + "."))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}
