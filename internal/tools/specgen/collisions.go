package main

import (
	"errors"
	"fmt"

	"gopkg.in/yaml.v3"
)

// checkCollisions refuses an action whose merge would hide something: an addition
// to paths or components under a name that exists already, and an item appended to
// a list that has it already.
func checkCollisions(doc *yaml.Node, a action) error {
	if a.Remove {
		return nil
	}
	addition := &a.Update
	if a.Copy != "" {
		sources, err := query(doc, a.Copy)
		if err != nil || len(sources) != 1 {
			return err // applying it strictly says what is wrong with the source
		}
		addition = sources[0]
	}
	targets, err := query(doc, a.Target)
	if err != nil {
		return err
	}
	c := newCollisions(doc)
	for _, target := range targets {
		c.merge(target, addition)
	}
	return errors.Join(c.errs...)
}

// collisions holds the mappings whose keys are names: the paths, the parts of
// components, and the methods of a path.
type collisions struct {
	names, paths map[*yaml.Node]bool
	errs         []error
}

func newCollisions(doc *yaml.Node) *collisions {
	c := &collisions{names: map[*yaml.Node]bool{}, paths: map[*yaml.Node]bool{}}
	paths := child(doc, "paths")
	c.names[paths] = true
	for _, item := range pairs(paths) {
		c.paths[item] = true
	}
	for _, part := range pairs(child(doc, "components")) {
		c.names[part] = true
	}
	return c
}

// merge follows what the overlay library does with the two nodes.
func (c *collisions) merge(node, addition *yaml.Node) {
	if node.Kind == yaml.DocumentNode {
		node = node.Content[0]
	}
	if node.Kind == yaml.SequenceNode {
		c.append(node, addition)
		return
	}
	for key, value := range pairs(addition) {
		existing := child(node, key)
		switch {
		case existing == nil:
		case c.names[node], c.paths[node] && isMethod(key):
			c.errs = append(c.errs, fmt.Errorf("adds %s, which upstream publishes now or an earlier action has added: remove the addition or rename it", key))
		case existing.Kind == value.Kind:
			c.merge(existing, value)
		}
	}
}

func (c *collisions) append(list, addition *yaml.Node) {
	items := []*yaml.Node{addition}
	if addition.Kind == yaml.SequenceNode {
		items = addition.Content
	}
	has := map[string]bool{}
	for _, item := range list.Content {
		if text, err := canonical(item); err == nil {
			has[text] = true
		}
	}
	for _, item := range items {
		text, err := canonical(item)
		if err != nil {
			c.errs = append(c.errs, err)
			continue
		}
		if has[text] {
			c.errs = append(c.errs, fmt.Errorf("appends %s to a list that has it already: upstream publishes it now, remove it from the action", text))
		}
		has[text] = true
	}
}
