package main

import (
	"regexp"
	"runtime/debug"
	"time"
)

// source is what a binary was built from. Its fields are empty where the binary does
// not know.
type source struct {
	Commit string `json:"commit,omitempty"`
	// Date is the commit's, in RFC 3339.
	Date string `json:"date,omitempty"`
	// Modified is true if files differed from the commit.
	Modified bool `json:"modified,omitempty"`
}

// String begins with a comma, to follow the version. It is empty without a commit.
func (s source) String() string {
	if s.Commit == "" {
		return ""
	}
	text := ", commit " + s.Commit
	if s.Date != "" {
		text += " of " + s.Date
	}
	if s.Modified {
		text += ", with changes that are not committed"
	}
	return text
}

// pseudoVersion ends in the time and the commit, as for `go install …/cmd/pepay@main`.
var pseudoVersion = regexp.MustCompile(`[-.](\d{14})-([0-9a-f]{12})$`)

// sourceOf reads what the go command wrote into the binary. That is the repository's
// state when it was built in a clone, and the module's version when it was installed.
func sourceOf(info *debug.BuildInfo) source {
	if info == nil {
		return source{}
	}
	var s source
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			s.Commit = setting.Value
		case "vcs.time":
			s.Date = setting.Value
		case "vcs.modified":
			s.Modified = setting.Value == "true"
		}
	}
	if s.Commit != "" {
		return s
	}
	if m := pseudoVersion.FindStringSubmatch(info.Main.Version); m != nil {
		if at, err := time.Parse("20060102150405", m[1]); err == nil {
			return source{Commit: m[2], Date: at.UTC().Format(time.RFC3339)}
		}
	}
	return source{}
}
