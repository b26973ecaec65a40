package webhook

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"unicode"

	"github.com/pepaylabs/pepay-go"
)

// Environment variables of [FromEnv].
const (
	currentVariable  = "PEPAY_WEBHOOK_SECRET"
	previousVariable = "PEPAY_WEBHOOK_SECRET_PREVIOUS"
)

const byteOrderMark = "\ufeff"

// checkSecret refuses what cannot be an endpoint's secret. Such a secret would
// make every delivery fail as if it were forged.
func checkSecret(secret pepay.Secret) error {
	value := secret.Reveal()
	switch trimmed := strings.TrimSpace(value); {
	case value == "":
		return errors.New("is empty")
	case trimmed == "":
		return errors.New("is blank")
	case trimmed != value:
		return errors.New("begins or ends with white space; a secret that was read from a file may need strings.TrimSpace")
	case strings.HasPrefix(value, byteOrderMark):
		return errors.New("begins with a byte order mark")
	case strings.ContainsFunc(value, unicode.IsControl):
		return errors.New("contains a control character")
	}
	return nil
}

// FromEnv makes a Verifier of PEPAY_WEBHOOK_SECRET and, when it is set,
// PEPAY_WEBHOOK_SECRET_PREVIOUS. The error names the variable that is missing or
// that [NewVerifier] would refuse.
func FromEnv() (*Verifier, error) {
	current, previous := pepay.Secret(os.Getenv(currentVariable)), pepay.Secret(os.Getenv(previousVariable))
	if current == "" {
		return nil, errors.New("webhook: FromEnv: " + currentVariable + " is not set")
	}
	if err := checkSecret(current); err != nil {
		return nil, fmt.Errorf("webhook: FromEnv: %s %w", currentVariable, err)
	}
	if previous == "" {
		return NewVerifier(current)
	}
	if err := checkSecret(previous); err != nil {
		return nil, fmt.Errorf("webhook: FromEnv: %s %w", previousVariable, err)
	}
	return NewVerifier(current, previous)
}
