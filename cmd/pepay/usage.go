package main

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/urfave/cli/v3"
)

// usageError is a mistake in the command line. Its text never repeats a value, which may
// be a key that was put in the wrong place.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

func usagef(format string, args ...any) error {
	return &usageError{fmt.Sprintf(format, args...)}
}

// onUsageError rewrites the library's error for a bad flag. Of a text that it does not
// know it keeps what is before the first quote, because values are quoted.
func onUsageError(_ context.Context, cmd *cli.Command, err error, _ bool) error {
	text := err.Error()
	if name, ok := strings.CutPrefix(text, "flag provided but not defined: -"); ok {
		if strings.Contains(name, "secret") {
			return usagef("there is no flag for a secret, the list of processes would show it; set PEPAY_WEBHOOK_SECRET or use --secret-file")
		}
		if strings.HasSuffix(name, "api-key") {
			return usagef("there is no flag for a key, the list of processes would show it; set PEPAY_API_KEY or use --api-key-file")
		}
		return unknownFlag(cmd, dashed(name))
	}
	if name, ok := strings.CutPrefix(text, "flag needs an argument: "); ok {
		return usagef("%s needs a value; see '%s --help'", dashed(strings.TrimLeft(name, "-")), cmd.FullName())
	}
	if _, rest, ok := cutLast(text, `" for flag -`); ok {
		name, _, _ := strings.Cut(rest, ":")
		return usagef("%s: %s", dashed(name), expected(cmd, name))
	}
	text, _, _ = strings.Cut(text, `"`)
	return usagef("%s; see '%s --help'", strings.TrimSpace(text), cmd.FullName())
}

// unknownFlag names the flag, unless that may be a key in the wrong place.
func unknownFlag(cmd *cli.Command, name string) error {
	near := ""
	if len(name) > len("-x") { // any letter is near any other
		near = didYouMean(name, flagNames(cmd))
	}
	if near == "" && !readsAsWords(name) {
		return usagef("unknown flag, not repeated here because it may be a key; see '%s --help'", cmd.FullName())
	}
	return usagef("unknown flag %s; see '%s --help'%s", name, cmd.FullName(), near)
}

// readsAsWords is true for a few short words of letters, each with one digit at its end at
// most. A key is longer, or has its digits anywhere.
func readsAsWords(flag string) bool { return len(flag) <= 32 && flagWords.MatchString(flag) }

var flagWords = regexp.MustCompile(`^--?[a-zA-Z]{1,12}[0-9]?([-_][a-zA-Z]{1,12}[0-9]?)*$`)

func expected(cmd *cli.Command, flag string) string {
	for _, f := range cmd.Flags {
		if f.Names()[0] != flag {
			continue
		}
		switch f.(type) {
		case *cli.DurationFlag:
			return "write a duration such as 60s or 2m"
		case *cli.BoolFlag:
			return "is given without a value, or with =true or =false"
		case *cli.IntFlag:
			if flag == "retry" {
				return "write a number from 0 up"
			}
			return "write a number from 1 up"
		}
	}
	return "the value cannot be used"
}

func unknownCommand(cmd *cli.Command, name string) error {
	known := commandNames(cmd)
	return usagef("unknown command%s; there are %s%s", slip(name, known), strings.Join(known, ", "), didYouMean(name, known))
}

// slip repeats a name that is a slip of a known one. Any other is not repeated: it may be a
// key in the wrong place.
func slip(name string, known []string) string {
	if closest(name, known) == "" {
		return ""
	}
	return " " + name
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
