package e2e_test

import (
	"fmt"
	"path/filepath"
	"strings"
)

// shellBlock is a fenced sh block of a Markdown file.
type shellBlock struct {
	at    string // file and line of its first command
	text  string
	until string // runs in the background; the next block waits for this text
	fails string // the exit code that it has to end with
}

// shellBlocks finds the sh blocks of a text, without those that are to be skipped.
// A comment before a block says how to run it:
//
//	<!-- test: until TEXT -->     in the background, until it prints TEXT
//	<!-- test: fails CODE -->     it has to end with this exit code
//	<!-- test: skip REASON -->    not at all
func shellBlocks(file, text string) ([]shellBlock, error) {
	var blocks []shellBlock
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		at := fmt.Sprintf("%s:%d", file, i+1)
		directive, marked := strings.CutPrefix(strings.TrimSpace(lines[i]), "<!-- test: ")
		if marked {
			if i++; i == len(lines) || lines[i] != "```sh" {
				return nil, fmt.Errorf("%s: no sh block follows", at)
			}
		}
		if lines[i] != "```sh" {
			continue
		}
		block := shellBlock{at: fmt.Sprintf("%s:%d", file, i+2)}
		end := i + 1
		for end < len(lines) && lines[end] != "```" {
			end++
		}
		if end == len(lines) {
			return nil, fmt.Errorf("%s:%d: the block is not closed", file, i+1)
		}
		block.text = strings.Join(lines[i+1:end], "\n")
		i = end
		word, argument, _ := strings.Cut(strings.TrimSpace(strings.TrimSuffix(directive, "-->")), " ")
		switch {
		case marked && word == "skip" && argument == "":
			return nil, fmt.Errorf("%s: skip wants a reason", at)
		case marked && word == "skip":
			continue
		case marked && word == "until" && argument != "":
			block.until = argument
		case marked && word == "fails" && argument != "" && strings.Trim(argument, "0123456789") == "":
			block.fails = argument
		case marked:
			return nil, fmt.Errorf("%s: unknown test directive %q", at, word)
		}
		blocks = append(blocks, block)
	}
	return blocks, nil
}

const started = "--- "

// script is the blocks as one program for bash. Each announces itself, and a
// failure names the block.
func script(blocks []shellBlock, logs string) string {
	var b strings.Builder
	b.WriteString(`set -euo pipefail
failed() { echo "$at: failed"; }
trap failed ERR
waitFor() { # FILE TEXT PID
  until grep -qF -- "$2" "$1"; do
    if ! kill -0 "$3" 2>/dev/null; then
      grep -qF -- "$2" "$1" && return
      cat "$1"
      trap - ERR
      echo "$at: ended before it printed \"$2\""
      exit 1
    fi
    sleep 0.1
  done
}
`)
	for i, block := range blocks {
		fmt.Fprintf(&b, "at=%s\necho \"%s$at\"\n", block.at, started)
		if block.fails != "" {
			fmt.Fprintf(&b, "code=0\n(trap - ERR\n%s\n) || code=$?\ntest $code = %[2]s || { echo \"$at: ended with $code, not %[2]s\"; false; }\n", block.text, block.fails)
			continue
		}
		if block.until == "" {
			b.WriteString(block.text + "\n")
			continue
		}
		log := quote(filepath.Join(logs, fmt.Sprint(i)))
		fmt.Fprintf(&b, ": >%[1]s\n(trap - ERR\n%[2]s\n) >>%[1]s 2>&1 &\nwaitFor %[1]s %[3]s $!\n", log, block.text, quote(block.until))
	}
	return b.String()
}

// lastStarted is the block that was running when time was up.
func lastStarted(output string) string {
	at := ""
	for line := range strings.SplitSeq(output, "\n") {
		if rest, ok := strings.CutPrefix(line, started); ok {
			at = rest
		}
	}
	return at
}

// quote makes text one word of bash.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
