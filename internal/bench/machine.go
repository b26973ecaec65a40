package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
)

// fact is a line about the run.
type fact struct{ what, is string }

// machine says where the figures were measured, without the name of the machine.
func machine() []fact {
	facts := []fact{
		{"processor", fmt.Sprintf("%s, %d logical", processor(), runtime.NumCPU())},
		{"system", runtime.GOOS + "/" + runtime.GOARCH},
		{"Go", runtime.Version()},
	}
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		if fields := strings.Fields(string(load)); len(fields) > 0 {
			facts = append(facts, fact{"other work before", "a load of " + fields[0] + " in the last minute"})
		}
	}
	return facts
}

// processor is the model, where the system says it.
func processor() string {
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(info)) {
			if name, model, found := strings.Cut(line, ":"); found && strings.TrimSpace(name) == "model name" {
				return strings.TrimSpace(model)
			}
		}
	}
	if model, err := exec.Command("sysctl", "-n", "machdep.cpu.brand_string").Output(); err == nil { //nolint:noctx // it answers at once
		return strings.TrimSpace(string(model))
	}
	return "unknown model"
}

// compared are the modules that the page gives the version of.
var compared = []string{
	"github.com/aws/aws-sdk-go-v2", "github.com/coder/websocket", "github.com/gobwas/ws", "github.com/google/go-github/v68",
	"github.com/gorilla/websocket", "github.com/hashicorp/go-retryablehttp", "github.com/oapi-codegen/runtime", "github.com/openai/openai-go/v3",
	"github.com/standard-webhooks/standard-webhooks/libraries", "github.com/stripe/stripe-go/v85", "github.com/svix/svix-webhooks", "golang.org/x/oauth2",
}

// versions are those of the peers that this program was built with.
func versions() []fact {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return nil
	}
	var found []fact
	for _, dep := range info.Deps {
		if slices.Contains(compared, dep.Path) {
			found = append(found, fact{dep.Path, dep.Version})
		}
	}
	return found
}
