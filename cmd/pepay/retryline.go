package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// sayRetry says on a terminal why a command takes long.
func sayRetry(w io.Writer, r wrapper.Retry) {
	outcome := "no answer"
	if r.StatusCode != 0 {
		outcome = strings.TrimSpace(fmt.Sprintf("%d %s", r.StatusCode, http.StatusText(r.StatusCode)))
	}
	text := fmt.Sprintf("%s, attempt %d of %d in %s", outcome, r.Attempt, r.Of, duration(r.Delay))
	_, _ = fmt.Fprintln(w, terminal.Paint(w, terminal.Dim, text))
}
