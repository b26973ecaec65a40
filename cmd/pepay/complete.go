package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

// completeCommand is what the completion scripts call, with the words after "pepay" up to
// the cursor. It prints what the last word may become, a candidate per line, with a tab
// and a description where there is one. Nothing is printed where a file may stand.
const completeCommand = "__complete"

func printCandidates(w io.Writer, root *cli.Command, words []string) {
	if len(words) == 0 {
		words = []string{""}
	}
	last := words[len(words)-1]
	for _, c := range candidates(root, words[:len(words)-1], last) {
		if !strings.HasPrefix(c.value, last) {
			continue
		}
		line := c.value
		if c.description != "" {
			line += "\t" + c.description
		}
		fmt.Fprintln(w, line)
	}
}

type candidate struct{ value, description string }

// candidates are what may stand at the cursor, begun or not.
func candidates(cmd *cli.Command, before []string, last string) []candidate {
	arguments := []string{}
	for i := 0; i < len(before); i++ {
		word := before[i]
		if strings.HasPrefix(word, "-") && word != "-" {
			if f := flagOf(cmd, word); f != nil && takesValue(f) && !strings.Contains(word, "=") {
				if i++; i == len(before) {
					return plainCandidates(flagValues(f.Names()[0], last, arguments))
				}
			}
			continue
		}
		if next := cmd.Command(word); next != nil && len(arguments) == 0 {
			cmd = next
			continue
		}
		arguments = append(arguments, word)
	}
	if name, value, ok := strings.Cut(last, "="); ok && strings.HasPrefix(last, "-") {
		f := flagOf(cmd, name)
		if f == nil {
			return nil
		}
		values := flagValues(f.Names()[0], value, arguments)
		for i := range values {
			values[i] = name + "=" + values[i]
		}
		return plainCandidates(values)
	}
	if strings.HasPrefix(last, "-") {
		return flagCandidates(cmd)
	}
	if len(arguments) > 0 {
		return nil
	}
	if cmd.Name == "trigger" {
		return plainCandidates(pepay.EventTypes())
	}
	var all []candidate
	for _, sub := range cmd.VisibleCommands() {
		all = append(all, candidate{sub.Name, sub.Usage})
	}
	return all
}

func plainCandidates(values []string) []candidate {
	var all []candidate
	for _, value := range values {
		all = append(all, candidate{value: value})
	}
	return all
}

func flagCandidates(cmd *cli.Command) []candidate {
	all := []candidate{}
	for _, f := range cmd.Flags {
		usage := ""
		if documented, ok := f.(cli.DocGenerationFlag); ok {
			usage = strings.ReplaceAll(documented.GetUsage(), "`", "")
		}
		if name := f.Names()[0]; len(name) > 1 {
			all = append(all, candidate{"--" + name, usage})
		}
	}
	return append(all, candidate{"--help", "show help"})
}

// flagOf is the flag that a word names, or nil.
func flagOf(cmd *cli.Command, word string) cli.Flag {
	name, _, _ := strings.Cut(strings.TrimLeft(word, "-"), "=")
	for _, f := range cmd.Flags {
		if slices.Contains(f.Names(), name) {
			return f
		}
	}
	return nil
}

func takesValue(f cli.Flag) bool {
	documented, ok := f.(cli.DocGenerationFlag)
	return ok && documented.TakesValue()
}

// flagValues are what a flag may have, of which value is the beginning. What a list has
// already stays in front.
func flagValues(flag, value string, arguments []string) []string {
	switch flag {
	case "scope":
		return []string{string(pepay.WSTokenScopeMerchant), string(pepay.WSTokenScopeCommerce)}
	case "environment":
		return []string{string(pepay.NetworkEnvironmentDevnet), string(pepay.NetworkEnvironmentMainnet)}
	case "invoice-type":
		return []string{"standard", "commerce"}
	case "types":
		return behind(value[:strings.LastIndex(value, ",")+1], append(wildcards(), pepay.EventTypes()...))
	case "fault":
		return faultValues(value)
	case "set":
		if len(arguments) > 0 {
			return settable(arguments[0])
		}
	}
	return nil
}

func behind(prefix string, values []string) []string {
	all := make([]string, len(values))
	for i, value := range values {
		all[i] = prefix + value
	}
	return all
}

// wildcards are those that stand for more than one of the documented types.
func wildcards() []string {
	var all []string
	for _, t := range pepay.EventTypes() {
		w := t[:strings.LastIndex(t, ".")] + ".*"
		if !slices.Contains(all, w) {
			all = append(all, w)
		}
	}
	return all
}

// faultValues begin with an operation and go on with settings.
func faultValues(value string) []string {
	operation, settings, ok := strings.Cut(value, ":")
	if !ok {
		all := []string{"*:"}
		for _, op := range pepay.Operations() {
			all = append(all, op.ID+":")
		}
		return all
	}
	return behind(operation+":"+settings[:strings.LastIndex(settings, ",")+1], pepaytest.FaultSettings())
}

// settable are the fields of an event's resource, as --set takes them.
func settable(eventType string) []string {
	ev, err := pepaytest.NewEvent(eventType)
	if err != nil {
		return nil
	}
	object, err := decodeJSON(ev.Data.Object)
	if err != nil {
		return nil
	}
	all := paths("", asObject(object))
	for i := range all {
		all[i] += "="
	}
	return all
}
