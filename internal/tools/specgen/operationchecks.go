package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

var status = regexp.MustCompile(`^(default|[1-5](XX|\d\d)|x-.*)$`)

// checkStatuses finds keys of responses that are not a status.
func checkStatuses(p place) []finding {
	var found []finding
	for name := range pairs(child(p.node, "responses")) {
		if !status.MatchString(name) {
			found = append(found, finding{
				path: p.path.with("responses", name), text: fmt.Sprintf("%s is not a status: write three digits, a range such as 2XX, or default", oneLine(name)),
				fix: fmt.Sprintf("in api/overlays/%s, copy it to the status that is meant, and remove it", repairsFile),
			})
		}
	}
	return found
}

// checkPath refuses a path that writes its parameters as ":id": it would be sent
// literally.
func checkPath(p place) []finding {
	if len(p.path) != 2 || p.path[0] != "paths" {
		return nil
	}
	for segment := range strings.SplitSeq(p.path[1], "/") {
		if name, ok := strings.CutPrefix(segment, ":"); ok && name != "" {
			return []finding{{
				path: p.path, text: fmt.Sprintf("the path has %s, which would be sent literally; a parameter is written {%s}", oneLine(segment), oneLine(name)),
				fix: fmt.Sprintf("in api/overlays/%s, add the path as it should be, copy this one into it, and remove this one", repairsFile),
			}}
		}
	}
	return nil
}

// checkServers refuses servers of single paths and operations: the client sends every
// request, with its credentials, to its base URL.
func checkServers(p place) []finding {
	servers := child(p.node, "servers")
	if servers == nil || p.kind != "path item" && p.kind != "operation" {
		return nil
	}
	if len(p.path) > 0 && (p.path[0] == "webhooks" || slices.Contains(p.path[1:], "callbacks")) {
		return nil // not addressed by the client
	}
	return []finding{{
		path: p.path.with("servers"), text: "has its own servers, but the client sends every request to one base URL",
		fix: fmt.Sprintf("write into api/overlays/%s: {target: '%s', remove: true}, if the base URL serves it too", repairsFile, p.path.with("servers").target(nil)),
	}}
}

// checkSecurity finds requirements whose scheme is not declared.
func checkSecurity(doc *yaml.Node, p place) []finding {
	var found []finding
	requirements, at := child(p.node, "security"), p.path.with("security")
	if requirements == nil {
		requirements, at = child(doc, "security"), path{"security"}
	}
	if requirements == nil || len(p.path) < 3 || p.path[0] != "paths" {
		return nil
	}
	for i, requirement := range requirements.Content {
		for name := range pairs(requirement) {
			if child(child(child(doc, "components"), "securitySchemes"), name) == nil {
				found = append(found, finding{
					path: at.with(fmt.Sprint(i), name),
					text: fmt.Sprintf("%s %s asks for the security scheme %q, which is not declared in components.securitySchemes", strings.ToUpper(p.path[2]), oneLine(p.path[1]), name),
				})
			}
		}
	}
	return found
}

// checkOperationIDs finds operationIds that are used twice.
func checkOperationIDs(doc *yaml.Node) []finding {
	var found []finding
	first := map[string]path{}
	for p := range places(doc) {
		id := child(p.node, "operationId")
		if id == nil || p.kind != "operation" {
			continue
		}
		if earlier, ok := first[id.Value]; ok {
			found = append(found, finding{
				path: p.path.with("operationId"), text: fmt.Sprintf("the operationId %s is also used at %s", oneLine(id.Value), earlier.pointer()),
				fix: fmt.Sprintf("write into api/overlays/%s: {target: '%s', update: {operationId: %s2}}", repairsFile, strings.ReplaceAll(p.path.target(doc), "'", "''"), oneLine(id.Value)),
			})
			continue
		}
		first[id.Value] = p.path
	}
	return found
}
