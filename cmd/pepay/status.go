package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/pepaylabs/pepay-go/examples/dashboard/static"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
)

// tone is whether a status is a good one. The worse is the greater.
type tone int

const (
	toneGood tone = iota
	toneOpen
	toneBad
)

// status is how a resource does, in words.
type status struct {
	tone  tone
	words string
}

// statusOf is the status of a resource in JSON, as the page of the dashboard shows it:
// that of a payment is the worse one of the payment's and its settlement's, because
// money that was paid and not settled has not arrived.
func statusOf(resource json.RawMessage) status {
	var fields struct {
		Status           any `json:"status"`
		SettlementStatus any `json:"settlement_status"`
		Settlement       any `json:"settlement"`
	}
	_ = json.Unmarshal(resource, &fields) // what cannot be read has no status
	settlement, _ := fields.Settlement.(map[string]any)
	return worstStatus(textOf(fields.Status), textOf(fields.SettlementStatus), textOf(settlement["summary_status"]), textOf(settlement["status"]))
}

// worstStatus is the worse one of a status and of what is known about the settlement.
func worstStatus(own string, settlements ...string) status {
	worst := status{toneOf(own), own}
	for _, each := range settlements {
		if each == "" {
			continue
		}
		// Of two good ones, settled is the later.
		if t := toneOf(each); t > worst.tone || t == toneGood && worst.tone == toneGood {
			worst = status{t, "settlement " + each}
			if each == "settled" {
				worst.words = each
			}
		}
	}
	worst.words = strings.ReplaceAll(worst.words, "_", " ")
	return worst
}

func textOf(value any) string {
	text, _ := value.(string)
	return text
}

// paintStatus shows a status in words, and on a terminal in colour too.
func paintStatus(w io.Writer, s status) string {
	return terminal.Paint(w, s.tone.color(), orDash(terminal.Printable(s.words)))
}

func (t tone) color() string {
	return map[tone]string{toneGood: terminal.Green, toneOpen: terminal.Yellow, toneBad: terminal.Red}[t]
}

// toneOf looks a status up. What is in no list, such as a status that Pepay adds later,
// is neither good nor bad.
func toneOf(status string) tone {
	switch lists := statusLists(); {
	case slices.Contains(lists.Good, status):
		return toneGood
	case slices.Contains(lists.Bad, status):
		return toneBad
	}
	return toneOpen
}

type toneLists struct{ Good, Bad []string }

// statusLists is the table of the dashboard's page, so that the page and the command
// line never disagree. It is the JSON in status.js.
var statusLists = sync.OnceValue(func() toneLists {
	lists, err := readStatusLists(static.Files())
	if err != nil {
		panic("status.js, which is compiled in: " + err.Error())
	}
	return lists
})

func readStatusLists(files fs.FS) (lists toneLists, err error) {
	script, err := fs.ReadFile(files, "status.js")
	if err != nil {
		return lists, err
	}
	const start = "export const STATUSES = "
	_, table, found := bytes.Cut(script, []byte(start))
	if !found {
		return lists, fmt.Errorf("%q is missing", start)
	}
	// The decoder stops at the end of the table, and leaves the rest of the script alone.
	if err := json.NewDecoder(bytes.NewReader(table)).Decode(&lists); err != nil {
		return lists, fmt.Errorf("the table is not JSON: %w", err)
	}
	if len(lists.Good) == 0 || len(lists.Bad) == 0 {
		return lists, fmt.Errorf("the table has no good or no bad statuses")
	}
	return lists, nil
}
