package doctor

import (
	"context"
	"fmt"
	"strings"
)

// Status is how a check ended.
type Status string

// The ways in which a check can end.
const (
	OK      Status = "ok"
	Warning Status = "warning" // something to know; it works
	Failed  Status = "failed"
	Skipped Status = "skipped" // it could not work or was not asked for
)

// Statuses are all of them, the worst last but for skipped ones.
func Statuses() []Status { return []Status{OK, Warning, Failed, Skipped} }

// Finding is what a check found.
type Finding struct {
	Status Status
	// Text is what was found, in one line.
	Text string
	// Advice is what to do about it. A line that begins with two spaces belongs to the one
	// before it and is to be copied as it is.
	Advice []string
	// Refused is set when Pepay refused a credential, or when there is none.
	Refused bool
	// Secrets came up during the check. Neither its text nor that of others may have them.
	Secrets []string
}

func ok(format string, args ...any) Finding {
	return Finding{Status: OK, Text: fmt.Sprintf(format, args...)}
}

func warning(format string, args ...any) Finding {
	return Finding{Status: Warning, Text: fmt.Sprintf(format, args...)}
}

func failed(format string, args ...any) Finding {
	return Finding{Status: Failed, Text: fmt.Sprintf(format, args...)}
}

func skipped(format string, args ...any) Finding {
	return Finding{Status: Skipped, Text: fmt.Sprintf(format, args...)}
}

// do adds advice.
func (f Finding) do(lines ...string) Finding {
	for _, line := range lines {
		if line != "" {
			f.Advice = append(f.Advice, line)
		}
	}
	return f
}

func (f Finding) refused() Finding {
	f.Refused = true
	return f
}

// Group is a heading under which checks stand.
type Group struct {
	ID    string // for programs
	Title string // for people
}

// Check looks at one thing.
type Check struct {
	Group Group
	ID    string // within its group
	Name  string // for people, short
	// Needs are checks without which this one cannot work.
	Needs []*Check
	// After are checks whose findings this one uses.
	After []*Check
	// Run looks. It heeds ctx.
	Run func(ctx context.Context) Finding

	done    chan struct{} // closed when finding is set
	finding Finding
	cause   *Check // the check that failed, where this one is skipped because of it
}

// worked reports whether what the check looks at can be used. The check must be done.
func (c *Check) worked() bool { return c.finding.Status == OK || c.finding.Status == Warning }

// missing returns the check that failed and that c needs, or nil.
func (c *Check) missing() *Check {
	for _, needed := range c.Needs {
		switch {
		case needed.worked():
		case needed.cause != nil:
			return needed.cause
		default:
			return needed
		}
	}
	return nil
}

// sentence makes several parts one text.
func sentence(parts ...string) string {
	var full []string
	for _, part := range parts {
		if part != "" {
			full = append(full, part)
		}
	}
	return strings.Join(full, ", ")
}
