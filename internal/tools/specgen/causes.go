package main

import (
	"errors"
	"fmt"

	"gopkg.in/yaml.v3"
)

// causes records where every node came from: a place of the published document, or
// the action that made or changed it. A copied node keeps the cause of the
// original.
type causes struct {
	of     map[*yaml.Node]string
	values map[*yaml.Node]string // of scalars, to notice changes
}

func newCauses(published *yaml.Node) *causes {
	c := &causes{of: map[*yaml.Node]string{}, values: map[*yaml.Node]string{}}
	c.published(content(published), nil)
	return c
}

func (c *causes) published(n *yaml.Node, p path) {
	c.of[n], c.values[n] = asPublished(p), n.Value
	if n.Kind == yaml.SequenceNode {
		for i, item := range n.Content {
			c.published(item, p.with(fmt.Sprint(i)))
		}
		return
	}
	for key, value := range pairs(n) {
		c.published(value, p.with(key))
	}
}

func asPublished(p path) string { return "openapi.json as published, " + p.pointer() }

// apply applies an action and records which nodes it made or changed.
func (c *causes) apply(doc *yaml.Node, a action) error {
	var source *yaml.Node
	var targets []*yaml.Node
	if a.Copy != "" {
		if sources, err := query(doc, a.Copy); err == nil && len(sources) == 1 {
			source = sources[0]
			targets, _ = query(doc, a.Target)
		}
	}
	if err := apply(doc, a); err != nil {
		return err
	}
	for _, target := range targets {
		c.copied(source, target)
	}
	c.note(content(doc), "overlay "+a.String())
	return nil
}

// copied gives the new nodes of the target the causes of the nodes they copy.
func (c *causes) copied(source, target *yaml.Node) {
	if source == nil || target == nil {
		return
	}
	if _, known := c.of[target]; !known {
		c.of[target], c.values[target] = c.of[source], target.Value
	}
	if source.Kind == yaml.SequenceNode && target.Kind == yaml.SequenceNode {
		added := len(target.Content) - len(source.Content)
		for i, item := range source.Content {
			if added+i >= 0 {
				c.copied(item, target.Content[added+i])
			}
		}
		return
	}
	for key, value := range pairs(source) {
		c.copied(value, child(target, key))
	}
}

// note records the cause for nodes that have none and for values that changed.
func (c *causes) note(n *yaml.Node, cause string) {
	if _, known := c.of[n]; !known || c.values[n] != n.Value {
		c.of[n], c.values[n] = cause, n.Value
	}
	for _, item := range n.Content {
		c.note(item, cause)
	}
}

// at returns the cause of a place, or of the closest enclosing node that exists.
func (c *causes) at(doc *yaml.Node, p path) string {
	n := content(doc)
	cause := c.of[n]
	for _, key := range p {
		if n = step(n, key); n == nil {
			break
		}
		if found, ok := c.of[n]; ok {
			cause = found
		}
	}
	return cause
}

// applyAll applies each action on its own, so that a failure names the one to
// change.
func (c *causes) applyAll(doc *yaml.Node, actions []action) error {
	var errs []error
	for _, a := range actions {
		if err := c.apply(doc, a); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", a, err))
		}
	}
	return errors.Join(errs...)
}

// explain names the cause of each finding: the place of the published document if
// that document alone has the same fault there, else the action that introduced it.
func explain(published, doc *yaml.Node, c *causes, actions []action, found []finding) error {
	const fromTheStart = "published"
	first := map[string]string{} // the fault, and what it first appeared with
	see := func(doc *yaml.Node, c *causes, with string) {
		for _, f := range problems(published, doc) {
			if key := c.at(doc, f.path) + f.text; first[key] == "" {
				first[key] = with
			}
		}
	}
	replayed := clone(published)
	replay := newCauses(replayed)
	see(replayed, replay, fromTheStart)
	for _, a := range actions {
		if err := replay.apply(replayed, a); err != nil {
			return fmt.Errorf("%s: %w", a, err)
		}
		see(replayed, replay, "overlay "+a.String())
	}
	var errs []error
	for _, f := range found {
		cause := c.at(doc, f.path)
		if by := first[cause+f.text]; by != "" && by != fromTheStart {
			cause = by
		}
		errs = append(errs, f.caused(cause))
	}
	return errors.Join(errs...)
}
