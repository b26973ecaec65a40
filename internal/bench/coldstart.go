package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// starter is a program that mints one ws_token and prints it.
type starter struct {
	name   string
	source string   // of a program of its own; else it is a package of the module
	args   []string // behind the program
}

func starters() []starter {
	return []starter{
		{name: "net/http + encoding/json", source: startFloor},
		{name: "pepay token", args: []string{"token", "--scope", "merchant"}},
		{name: "pepay-go wrapper", source: startWrapper},
	}
}

const startFloor = `package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
)

func main() {
	req, err := http.NewRequest("POST", os.Getenv("PEPAY_API_URL")+"` + mintPath + `", strings.NewReader(` + "`" + mintBody + "`" + `))
	if err != nil {
		panic(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Api-Key", os.Getenv("PEPAY_API_KEY"))
	resp, err := new(http.Client).Do(req)
	if err != nil {
		panic(err)
	}
	var answer struct{ Data struct{ Token string } }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		panic(err)
	}
	fmt.Println(answer.Data.Token)
}
`

const startWrapper = `package main

import (
	"context"
	"fmt"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

func main() {
	client, err := wrapper.New()
	if err != nil {
		panic(err)
	}
	token, err := client.WSTokens.Mint(context.Background(), wrapper.MintParams{Scope: pepay.WSTokenScopeMerchant})
	if err != nil {
		panic(err)
	}
	fmt.Println(token.Token.Reveal())
}
`

// coldstart compares the time from the start of a process to its end, with the token on
// standard output.
func coldstart(ctx context.Context, o options) ([]table, error) {
	dir, err := os.MkdirTemp("", "pepay-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	base, stop, err := startServer(ctx)
	if err != nil {
		return nil, err
	}
	defer stop()

	var contestants []contestant
	used := make([]usage, len(starters()))
	for i, s := range starters() {
		binary := filepath.Join(dir, fmt.Sprint(i))
		if !o.shape {
			o.note("building %s", s.name)
			if err := s.build(ctx, binary); err != nil {
				return nil, fmt.Errorf("%s: %w", s.name, err)
			}
		}
		contestants = append(contestants, contestant{s.name, func(ctx context.Context) error {
			return s.start(ctx, binary, dir, base, &used[i])
		}})
	}
	results, err := compare(ctx, elapsedTime, contestants, o)
	if err != nil {
		return nil, err
	}
	const ours, own = 1, 2
	t := table{
		title:   "from the start of a process to the token on standard output, elapsed and processor time (ratios to " + results[0].name + ")",
		columns: []string{"", "ms", "ratio", "min–max", "ms of the processor", "its ratio"},
	}
	busy := make([]result, len(results))
	for i, r := range results {
		busy[i] = result{name: r.name + ", processor", ratio: used[i].mean() / used[0].mean()}
		t.lines = append(t.lines, []string{r.name, fmt.Sprintf("%.1f", r.nsPerOp/1e6), fmt.Sprintf("%.2f×", r.ratio),
			fmt.Sprintf("%.2f–%.2f", r.least, r.most), fmt.Sprintf("%.1f", used[i].mean()), fmt.Sprintf("%.2f×", busy[i].ratio)})
	}
	t.bars = []bar{timeAtMost(results[ours], 3), timeAtMost(busy[ours], 2.5), timeAtMost(busy[own], 1.5)}
	return []table{t}, nil
}

// build makes the program, as go build does without further flags.
func (s starter) build(ctx context.Context, binary string) error {
	if s.source != "" {
		_, err := program{s.name, s.source}.build(ctx, filepath.Dir(binary))
		if err != nil {
			return err
		}
		return os.Rename(filepath.Join(filepath.Dir(binary), "program"), binary)
	}
	out, err := exec.CommandContext(ctx, "go", "-C", filepath.Join("..", ".."), "build", "-o", binary, "./cmd/pepay").CombinedOutput()
	if err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

// start runs the program once, in an environment without anything else.
func (s starter) start(ctx context.Context, binary, home, base string, used *usage) error {
	cmd := exec.CommandContext(ctx, binary, s.args...)
	cmd.Env = []string{"HOME=" + home, "PEPAY_API_KEY=" + mintKey, "PEPAY_API_URL=" + base}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%w\n%s", err, stderr.Bytes())
	}
	if stdout.String() != mintToken+"\n" {
		return fmt.Errorf("printed %q", stdout.String())
	}
	used.add(cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime())
	return nil
}

// usage is the processor time of a program's runs.
type usage struct {
	total time.Duration
	runs  int
}

func (u *usage) add(d time.Duration) { u.total, u.runs = u.total+d, u.runs+1 }

func (u *usage) mean() float64 { return u.total.Seconds() * 1000 / float64(max(1, u.runs)) }
