package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go/internal/cli/doctor"
	"github.com/pepaylabs/pepay-go/internal/cli/terminal"
)

const doctorDescription = `Looks at the settings, the network, each key and its stream, and says what is wrong and
what to do about it:

  pepay doctor

It makes one ws_token per key, which expires by itself, and changes nothing else. With
--webhook it also posts two deliveries of type test.ping to your endpoint, one with a bad
signature and one with a good one: your handler runs as it does for every webhook.

Every check ends as ok, warning, failed or skipped. The exit code is 0 if none failed, 3
if a credential was refused or there is none, and 1 for any other failure.

Keys are shown by their last four characters. With --json there is one object per check:
group, check, status, finding and advice; the last one is the summary, with the number of
checks by status and the exit code.`

func doctorCommand() *cli.Command {
	return &cli.Command{
		Name:        "doctor",
		Usage:       "find out what is wrong, and what to do",
		UsageText:   "pepay doctor [flags]",
		Description: doctorDescription,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "webhook", Usage: "also check your endpoint at `URL`; its handler runs"},
			&cli.BoolFlag{Name: "yes", Usage: "run the handler of an endpoint that is not on this machine"},
			&cli.BoolFlag{Name: "json", Usage: "print one JSON object per check, and a summary"},
			envFileFlag(),
			apiKeyFileFlag(),
			secretFileFlag(),
			&cli.StringFlag{Name: "base-url", Usage: "reach the API at `URL` instead of PEPAY_API_URL"},
			&cli.DurationFlag{Name: "timeout", Value: 10 * time.Second, DefaultText: "10s", Usage: "how long each check may take; all together six times as long"},
		},
		Action: doctorAction,
	}
}

func doctorAction(ctx context.Context, cmd *cli.Command) error {
	if err := noArguments(cmd); err != nil {
		return err
	}
	if cmd.Duration("timeout") <= 0 {
		return usagef("--timeout: write a duration above 0, such as 10s")
	}
	if err := oneStandardInput(cmd, "api-key-file", "secret-file"); err != nil {
		return err
	}
	config, secrets, err := doctorConfig(ctx, cmd)
	if err != nil {
		return err
	}
	checks := doctor.Checks(config)
	var out interface {
		waiting(name string)
		interrupted()
		report(r doctor.Report) error
		end(tally doctorTally) error
	} = newDoctorScreen(cmd.Root().Writer, cmd.Root().ErrWriter, checks)
	if cmd.Bool("json") {
		out = doctorJSON{cmd.Root().Writer}
	}
	var tally doctorTally
	err = doctor.Run(ctx, checks, config.Timeout, secrets, out.waiting, func(r doctor.Report) error {
		tally.add(r)
		return out.report(r)
	})
	if err != nil {
		out.interrupted()
		return err
	}
	if err := out.end(tally); err != nil {
		return err
	}
	if code := tally.exitCode(); code != exitDone {
		return &toldError{code}
	}
	return nil
}

// doctorTally counts how checks ended.
type doctorTally struct {
	count   map[doctor.Status]int
	refused bool
}

func (t *doctorTally) add(r doctor.Report) {
	if t.count == nil {
		t.count = map[doctor.Status]int{}
	}
	t.count[r.Status]++
	t.refused = t.refused || r.Refused
}

func (t *doctorTally) exitCode() int {
	switch {
	case t.refused:
		return exitRefused
	case t.count[doctor.Failed] > 0:
		return exitFailed
	}
	return exitDone
}

func (t *doctorTally) worst() doctor.Status {
	switch {
	case t.count[doctor.Failed] > 0:
		return doctor.Failed
	case t.count[doctor.Warning] > 0:
		return doctor.Warning
	}
	return doctor.OK
}

// text is the summary for a person.
func (t *doctorTally) text() string {
	if t.worst() == doctor.OK {
		return "Nothing is wrong."
	}
	text := ""
	for _, part := range []struct {
		n         int
		one, many string
	}{
		{t.count[doctor.Failed], "1 check failed", "%d checks failed"},
		{t.count[doctor.Warning], "1 warning", "%d warnings"},
		{t.count[doctor.Skipped], "1 skipped", "%d skipped"},
	} {
		if part.n == 0 {
			continue
		}
		if text != "" {
			text += ", "
		}
		if part.n == 1 {
			text += part.one
		} else {
			text += fmt.Sprintf(part.many, part.n)
		}
	}
	return text + "."
}

// toldError is a failure that the output says already.
type toldError struct{ code int }

func (*toldError) Error() string { return "failed" }

// isTold reports whether err needs no line of its own.
func isTold(err error) bool {
	var told *toldError
	return errors.As(err, &told)
}

// doctorJSON prints an object per check.
type doctorJSON struct {
	w interface{ Write([]byte) (int, error) }
}

func (doctorJSON) waiting(string) {}
func (doctorJSON) interrupted()   {}

func (o doctorJSON) report(r doctor.Report) error {
	return terminal.WriteJSON(o.w, struct {
		Group   string        `json:"group"`
		Check   string        `json:"check"`
		Status  doctor.Status `json:"status"`
		Finding string        `json:"finding"`
		Advice  []string      `json:"advice,omitempty"`
	}{r.Group.ID, r.ID, r.Status, r.Text, r.Advice})
}

func (o doctorJSON) end(t doctorTally) error {
	return terminal.WriteJSON(o.w, struct {
		Check    string        `json:"check"`
		Status   doctor.Status `json:"status"`
		Finding  string        `json:"finding"`
		OK       int           `json:"ok"`
		Warnings int           `json:"warning"`
		Failed   int           `json:"failed"`
		Skipped  int           `json:"skipped"`
		ExitCode int           `json:"exit_code"`
	}{"summary", t.worst(), t.text(), t.count[doctor.OK], t.count[doctor.Warning], t.count[doctor.Failed], t.count[doctor.Skipped], t.exitCode()})
}
