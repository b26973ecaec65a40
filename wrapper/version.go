package wrapper

import (
	"runtime"
	"strings"
)

// Version is the version of this SDK, as sent in the User-Agent.
const Version = "0.1.0"

// userAgent is "pepay-go/<version> (<GOOS>; <go version>)" and, where the
// program named itself, its name and version.
func userAgent(application string) string {
	agent := "pepay-go/" + Version + " (" + runtime.GOOS + "; " + goVersion() + ")"
	if application != "" {
		agent += " " + application
	}
	return agent
}

// goVersion is the toolchain's version without the remarks a patched one adds.
func goVersion() string {
	version, _, _ := strings.Cut(runtime.Version(), " ")
	return version
}
