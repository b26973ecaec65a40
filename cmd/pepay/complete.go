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
	arguments, group := []string{}, ""
	for i := 0; i < len(before); i++ {
		word := before[i]
		if strings.HasPrefix(word, "-") && word != "-" {
			if f := flagOf(cmd, word); f != nil && takesValue(f) && !strings.Contains(word, "=") {
				if i++; i == len(before) {
					return plainCandidates(flagValues(group, f, last, arguments))
				}
			}
			continue
		}
		if next := cmd.Command(word); next != nil && len(arguments) == 0 {
			if cmd = next; group == "" {
				group = word
			}
			continue
		}
		arguments = append(arguments, word)
	}
	if name, value, ok := strings.Cut(last, "="); ok && strings.HasPrefix(last, "-") {
		f := flagOf(cmd, name)
		if f == nil {
			return nil
		}
		values := flagValues(group, f, value, arguments)
		for i := range values {
			values[i] = name + "=" + values[i]
		}
		return plainCandidates(values)
	}
	if strings.HasPrefix(last, "-") {
		return flagCandidates(cmd)
	}
	switch {
	case cmd.Name == "simulate" && len(arguments) == 1:
		return plainCandidates(orderTransitions())
	case cmd.Name == "api" && len(arguments) == 1:
		return plainCandidates(apiPaths(arguments[0]))
	case len(arguments) > 0:
		return nil
	case cmd.Name == "trigger":
		return plainCandidates(pepay.EventTypes())
	case cmd.Name == "api":
		return plainCandidates(apiMethods())
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

// flagValues are what a flag of a command may have, of which value is the beginning. group
// is the first word of the command. What a list has already stays in front.
func flagValues(group string, flag cli.Flag, value string, arguments []string) []string {
	switch flag.Names()[0] {
	case "scope":
		return knownScopes()
	case "environment":
		return environments()
	case "invoice-type":
		return behind(uptoLast(value), []string{"standard", "commerce"})
	case "status":
		return statusValues(group, flag, value)
	case "expand":
		return behind(uptoLast(value), expansions())
	case "network", "wallet-network":
		return networks()
	case "token-type":
		return tokenTypes()
	case "retailer":
		return retailers()
	case "types":
		return behind(uptoLast(value), append(wildcards(), pepay.EventTypes()...))
	case "seed":
		return pepaytest.Seeds()
	case "fault":
		return faultValues(value)
	case "set":
		if len(arguments) > 0 {
			return settable(arguments[0])
		}
	}
	return nil
}

// statusValues are statuses of invoices or orders. Where several may be given, those before
// the last stay in front.
func statusValues(group string, flag cli.Flag, value string) []string {
	known := invoiceStatuses()
	if group == "orders" {
		known = orderStatuses()
	}
	if _, several := flag.(*cli.StringSliceFlag); !several {
		return known
	}
	return behind(uptoLast(value), known)
}

// uptoLast is what a list has before its last element.
func uptoLast(value string) string { return value[:strings.LastIndex(value, ",")+1] }

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
