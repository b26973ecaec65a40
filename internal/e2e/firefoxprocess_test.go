package e2e_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"sync"
	"testing"
)

func firefoxPath(t *testing.T) string {
	t.Helper()
	names := []string{"firefox-esr", "firefox"}
	if set := os.Getenv("FIREFOX"); set != "" {
		names = []string{set}
	}
	if runtime.GOOS == "darwin" {
		names = append(names, "/Applications/Firefox.app/Contents/MacOS/firefox")
	}
	return need(t, "Firefox: apt-get install firefox-esr, or set FIREFOX to where one is", names...)
}

// preferences keep Firefox from calling home.
const preferences = `
user_pref("app.normandy.enabled", false);
user_pref("app.update.enabled", false);
user_pref("browser.safebrowsing.update.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("dom.ipc.processPrelaunch.enabled", false);
user_pref("browser.newtab.preload", false);
user_pref("extensions.getAddons.cache.enabled", false);
user_pref("extensions.update.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("network.dns.disablePrefetch", true);
user_pref("services.settings.server", "data:,#remote-settings-dummy/v1");
user_pref("toolkit.telemetry.enabled", false);
`

// firefoxProcess is the browser that all tests share: starting one takes seconds of processor time.
type firefoxProcess struct {
	once    sync.Once
	profile string
	cmd     *exec.Cmd
	drained chan struct{} // standard error has ended
	firefox *firefox
	err     error
}

var sharedFirefox firefoxProcess

// shared starts the browser, unless it runs.
func (p *firefoxProcess) shared(t *testing.T) *firefox {
	t.Helper()
	path := firefoxPath(t)
	p.once.Do(func() { p.err = p.start(path) })
	if p.err != nil {
		t.Fatal(p.err)
	}
	return p.firefox
}

func (p *firefoxProcess) start(path string) (err error) {
	if p.profile, err = os.MkdirTemp("", "pepay-e2e-"); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(p.profile, "user.js"), []byte(preferences), 0o600); err != nil {
		return err
	}
	cmd := exec.Command(path, "--headless", "--no-remote", "--profile", p.profile, "--remote-debugging-port", "0", "about:blank")
	cmd.Env = append(os.Environ(), "HOME="+p.profile, "MOZ_CRASHREPORTER_DISABLE=1")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	p.cmd, p.drained = cmd, make(chan struct{})
	lines := bufio.NewReader(stderr)
	address, said := "", ""
	for err == nil && address == "" {
		var line string
		line, err = lines.ReadString('\n')
		said += line
		if found := regexp.MustCompile(`WebDriver BiDi listening on (ws://\S+)`).FindStringSubmatch(line); found != nil {
			address = found[1]
		}
	}
	go func() { defer close(p.drained); _, _ = io.Copy(io.Discard, lines) }()
	if address == "" {
		return fmt.Errorf("Firefox did not start: %s", said)
	}
	p.firefox = &firefox{closed: make(chan struct{}), waiting: map[int]chan bidiMessage{}, logs: map[string]*browserLog{}}
	return p.firefox.attach(address)
}

func (p *firefoxProcess) end() {
	if p.firefox != nil {
		p.firefox.close()
	}
	if p.cmd != nil {
		_ = p.cmd.Process.Kill()
		<-p.drained
		_ = p.cmd.Wait()
	}
	_ = os.RemoveAll(p.profile)
}
