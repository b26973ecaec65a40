package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
)

// diff is oasdiff's changelog of one document.
type diff struct {
	Changes []change
	Error   string // why there is none
}

// change is one line of the changelog.
type change struct {
	ID, Text, Comment string
	Level             level
	Operation, Path   string
	Section           string
}

type level int

// The levels of oasdiff.
const (
	other    level = 1
	warning  level = 2
	breaking level = 3
)

// compare wants absolute names: oasdiff runs in root.
func (t tools) compare(ctx context.Context, root, before, after string) diff {
	out, err := t.output(ctx, root, slices.Concat(t.oasdiff, []string{"changelog", before, after, "--format=json", "--allow-external-refs=false"})...)
	if err != nil {
		return diff{Error: "oasdiff: " + err.Error()}
	}
	var d diff
	if len(out) > 0 {
		if err := json.Unmarshal(out, &d.Changes); err != nil {
			return diff{Error: fmt.Sprintf("oasdiff: %v", err)}
		}
	}
	return d
}

// Breaking are the changes that break a program written against the document.
func (d diff) Breaking() []change { return d.at(breaking) }

// Warnings are the changes that break some programs.
func (d diff) Warnings() []change { return d.at(warning) }

// Others are all other changes.
func (d diff) Others() []change { return d.at(other) }

func (d diff) at(l level) []change {
	return slices.DeleteFunc(slices.Clone(d.Changes), func(c change) bool { return c.Level != l })
}

// Same tells whether two diffs say the same.
func (d diff) Same(o diff) bool { return d.Error == o.Error && slices.Equal(d.Changes, o.Changes) }

// Has tells whether a change of this kind is among them.
func (d diff) Has(id string) bool {
	return slices.ContainsFunc(d.Changes, func(c change) bool { return c.ID == id })
}

// Where names what a change is about.
func (c change) Where() string {
	if c.Path == "" {
		return c.Section
	}
	return c.Operation + " " + c.Path
}
