package stream

import (
	"slices"
	"strings"
	"unicode"
)

// speaksOfCredential reports whether a ws_error is about the token or key. The codes
// are not documented. So the words of the code decide, or those of the message where
// there is no code.
func (e *ServerError) speaksOfCredential() bool {
	if e.Code == "" {
		return textSpeaksOfCredential(e.Message)
	}
	return slices.ContainsFunc(words(e.Code), func(word string) bool {
		return slices.Contains(credentialCodes, word) || slices.Contains(credentialWords, word) || slices.Contains(rejectionWords, word)
	})
}

// textSpeaksOfCredential reports whether a close reason or a message is about the
// token or key: "unauthorized", or a credential with what is wrong with it. Text
// about other tokens, such as "unexpected token in JSON", is not.
func textSpeaksOfCredential(text string) bool {
	found := words(text)
	has := func(list []string) bool {
		return slices.ContainsFunc(found, func(word string) bool { return slices.Contains(list, word) })
	}
	return has(rejectionWords) || has(credentialWords) && has(faultWords)
}

var (
	credentialCodes = []string{"401", "403", "4401", "4403"}
	rejectionWords  = []string{"unauthorized", "unauthorised", "unauthenticated", "forbidden"}
	credentialWords = []string{"auth", "authentication", "authorization", "apikey", "credential", "credentials", "jwt", "token"}
	faultWords      = []string{
		"bad", "denied", "disabled", "expired", "failed", "inactive", "invalid", "malformed", "missing", "no", "not",
		"refused", "rejected", "required", "revoked", "unknown", "wrong",
	}
)

// words splits at everything that is neither a letter nor a digit, and at capitals
// that follow a small letter. An API key is one word, however it is written.
func words(text string) []string {
	var b strings.Builder
	var last rune
	for _, r := range text {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			b.WriteByte(' ')
		case unicode.IsUpper(r) && unicode.IsLower(last):
			b.WriteByte(' ')
			fallthrough
		default:
			b.WriteRune(unicode.ToLower(r))
		}
		last = r
	}
	return strings.Fields(strings.ReplaceAll(b.String(), "api key", "apikey"))
}
