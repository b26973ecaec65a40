package e2e_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const composeFile = "../../examples/compose/compose.yaml"

// composeStandIn is the environment in which docker is the stand-in.
func composeStandIn(t *testing.T) []string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(self, filepath.Join(dir, "docker")); err != nil {
		t.Fatal(err)
	}
	return []string{
		"PATH=" + dir + string(os.PathListSeparator) + os.Getenv("PATH"),
		envStandInBinary + "=" + command.build(t), envStandInFolder + "=" + t.TempDir(),
	}
}

// What running the file as processes cannot show, see standIn.
func TestComposeFile(t *testing.T) {
	t.Parallel()
	project, err := composeProject(t.Context(), composeFile)
	if err != nil {
		t.Fatal(err)
	}
	pepay, err := project.GetService("pepay")
	if err != nil {
		t.Fatal(err)
	}
	for _, port := range pepay.Ports {
		if port.HostIP != "127.0.0.1" {
			t.Errorf("port %d is published on %q, where others reach it", port.Target, port.HostIP)
		}
	}
	// A container's own loopback interface has nobody else on it.
	if !slices.Contains(pepay.Command, "--addr=0.0.0.0:3000") || !slices.Contains(pepay.Command, "--allow-host=pepay") {
		t.Errorf("the command is %q", pepay.Command)
	}
	if len(pepay.Volumes) > 0 {
		t.Error("the image's user owns no folder that a volume could be mounted on")
	}
	shop, err := project.GetService("shop")
	if err != nil {
		t.Fatal(err)
	}
	if shop.NetworkMode != "service:pepay" || len(shop.Ports) > 0 {
		t.Errorf("the shop has network %q and ports %v; the SDK takes http to its own machine only, and who has the network publishes", shop.NetworkMode, shop.Ports)
	}
}

// The check notices what docker compose refuses.
func TestComposeFileThatIsWrong(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(composeFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, old, wrong, want string }{
		{"an unknown name", "healthcheck:", "health_check:", "health_check"},
		{"a number for a list", "cap_drop: [ALL]", "cap_drop: 1", "cap_drop"},
		{"a service that is not there", "network_mode: service:pepay", "network_mode: service:paypal", "paypal"},
		{"a duration that is none", "interval: 2s", "interval: often", "often"},
		{"not YAML", "services:", "services: [", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if strings.Count(string(text), c.old) != 1 {
				t.Fatalf("%q is not once in the file", c.old)
			}
			file := filepath.Join(t.TempDir(), "compose.yaml")
			if err := os.WriteFile(file, []byte(strings.Replace(string(text), c.old, c.wrong, 1)), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := composeProject(t.Context(), file); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error about %q", err, c.want)
			}
		})
	}
}
