package e2e_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

var replicas = program{dir: "../../examples/replicas", pkg: "."}

// startReplicas runs the example as people do, and gives the address of its page.
func startReplicas(t *testing.T, args ...string) (at string) {
	t.Helper()
	cmd := exec.Command(replicas.build(t), append([]string{"-addr", "127.0.0.1:0"}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	for at == "" && lines.Scan() {
		at = regexp.MustCompile(`http://[^\s;]+`).FindString(lines.Text())
	}
	if at == "" {
		err := cmd.Wait()
		if strings.Contains(stderr.String(), "is not installed") && os.Getenv("CI") == "" {
			t.Skip(stderr.String())
		}
		t.Fatalf("the example did not start: %v\n%s", err, &stderr)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		rest := ""
		for lines.Scan() {
			rest += lines.Text() + "\n"
		}
		if err := cmd.Wait(); err != nil || !strings.Contains(rest, " 0 duplicates, 0 missing") {
			t.Errorf("the example ended with %v, %q\n%s", err, rest, &stderr)
		}
	})
	return at
}

// The page shows who follows the stream, a button kills it, and the page shows who took
// over. It can be read by everybody, on every screen.
func TestReplicasPage(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile(module(t, "axe-core/axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	axe := string(source)
	at := startReplicas(t, "-kill", "0", "-life", "4s") // a busy machine does not lose such a lease
	tb := newTab(t)
	tb.open(at)
	tb.until(`document.querySelector('#connection').dataset.state === 'live' && document.querySelectorAll('.replicas li').length === 3`)
	tb.until(`document.querySelectorAll('.pill[data-state="stands by"]').length === 2 && Number(document.querySelector('#effects').textContent) > 0`)
	holder := eval[string](tb, `(item => { item.querySelector('button').click(); return item.dataset.name })(document.querySelector('.pill[data-state=follows]').closest('li'))`)
	tb.until(fmt.Sprintf(`document.querySelector('#takeovers').innerText.includes(%q)`, holder+" was killed"))
	tb.until(fmt.Sprintf(`document.querySelector('[data-name=%q] dd:last-of-type').textContent === 'once'`, holder))
	tb.until(`document.querySelector('rect.down') && document.querySelector('rect.follows')`)
	for _, width := range []int64{1280, 360, 320} {
		tb.do(chromedp.EmulateViewport(width, 800))
		for _, scheme := range []string{"light", "dark"} {
			tb.scheme(scheme)
			tb.audit(fmt.Sprintf("%s, %d wide", scheme, width), axe)
			if got := eval[int64](tb, `document.documentElement.scrollWidth`); got > width {
				t.Errorf("on %d pixels the page is %d wide", width, got)
			}
		}
	}
	tb.logged(func(l *browserLog) {
		if len(l.errors) > 0 {
			t.Errorf("the console has %q", l.errors)
		}
		for _, request := range l.requests {
			if !strings.HasPrefix(request, at+"/") {
				t.Errorf("the page asked for %s", request)
			}
		}
	})
}

// TestLookReplicas writes what the page looks like to the directory in LOOK.
func TestLookReplicas(t *testing.T) {
	dir := lookInto(t)
	at := startReplicas(t, "-kill", "3s", "-life", "1s")
	tb := newTab(t)
	tb.open(at)
	tb.until(`document.querySelector('.pill[data-state=follows]')`)
	tb.shoot(dir, "replicas-start")
	for range 4 {
		n := eval[int](tb, `document.querySelectorAll('.takeovers li').length`)
		tb.until(fmt.Sprintf(`document.querySelectorAll('.takeovers li').length > %d`, n))
	}
	tb.shoot(dir, "replicas")
}
