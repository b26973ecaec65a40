package main

import (
	"context"
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
)

// program is a main package that makes one authenticated call with a library, or
// follows a stream.
type program struct{ name, source string }

func sizePrograms() []program {
	return []program{
		{"net/http + encoding/json", `package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
)

func main() {
	body, _ := json.Marshal(map[string]any{"scope": "merchant"})
	req, _ := http.NewRequest("POST", os.Args[1], bytes.NewReader(body))
	resp, err := new(http.Client).Do(req)
	if err != nil {
		panic(err)
	}
	var answer map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		panic(err)
	}
	println(len(answer))
}
`},
		{"pepay-go wrapper", `package main

import (
	"context"

	"github.com/pepaylabs/pepay-go/wrapper"
)

func main() {
	client, err := wrapper.New()
	if err != nil {
		panic(err)
	}
	token, err := client.WSTokens.Mint(context.Background(), wrapper.MintParams{})
	if err != nil {
		panic(err)
	}
	println(len(token.Token))
}
`},
		{"pepay-go wrapper + stream", `package main

import (
	"context"

	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/wrapper"
)

func main() {
	client, err := wrapper.New()
	if err != nil {
		panic(err)
	}
	for ev, err := range stream.Merchant(client, stream.Options{}).Events(context.Background()) {
		if err != nil {
			panic(err)
		}
		println(ev.ID)
	}
}
`},
		{"stripe-go", `package main

import (
	"context"

	"github.com/stripe/stripe-go/v85"
)

func main() {
	customer, err := stripe.NewClient("key").V1Customers.Retrieve(context.Background(), "cus_1", nil)
	if err != nil {
		panic(err)
	}
	println(customer.ID)
}
`},
		{"openai-go", `package main

import (
	"context"

	"github.com/openai/openai-go/v3"
)

func main() {
	client := openai.NewClient()
	model, err := client.Models.Get(context.Background(), "m")
	if err != nil {
		panic(err)
	}
	println(model.ID)
}
`},
	}
}

// footprint is what a program consists of.
type footprint struct {
	bytes   int64
	modules []string // compiled in, this module not counted
}

// size compares programs as go build makes them without further flags. It has to
// run in this module's directory, where the peers' versions are pinned.
func size(ctx context.Context, o options) ([]table, error) {
	build := program.build
	if o.shape {
		build = func(program, context.Context, string) (footprint, error) { return footprint{}, nil }
	}
	dir, err := os.MkdirTemp("", "pepay-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()

	t := table{title: "size of a program", columns: []string{"", "MB", "over net/http", "modules compiled in"}}
	const wrapper, stream = 1, 2
	var floor footprint
	for i, p := range sizePrograms() {
		f, err := build(p, ctx, dir)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
		if i == 0 {
			floor = f
		}
		over := megabytes(f.bytes - floor.bytes)
		t.lines = append(t.lines, []string{
			p.name,
			fmt.Sprintf("%.1f", megabytes(f.bytes)),
			fmt.Sprintf("%+.1f", over),
			fmt.Sprint(len(f.modules)),
		})
		switch i {
		case wrapper:
			t.bars = append(t.bars, sizeBars(p, f, over, 1.0, 3)...)
		case stream:
			t.bars = append(t.bars, sizeBars(p, f, over, 1.2, 4)...)
		}
	}
	return []table{t}, nil
}

// sizeBars are how much larger than net/http alone a program may be, in megabytes, and
// how many modules it may compile in.
func sizeBars(p program, f footprint, over, limit float64, modules int) []bar {
	return []bar{
		{p.name + ", size", fmt.Sprintf("≤ +%.1f MB", limit), fmt.Sprintf("%+.1f MB", over), over < limit+0.05},
		{p.name + ", third-party modules", fmt.Sprint("≤ ", modules), strings.TrimSpace(fmt.Sprintln(len(f.modules), strings.Join(f.modules, " "))), len(f.modules) <= modules},
	}
}

func (p program) build(ctx context.Context, dir string) (footprint, error) {
	source, binary := filepath.Join(dir, "main.go"), filepath.Join(dir, "program")
	if err := os.WriteFile(source, []byte(p.source), 0o600); err != nil {
		return footprint{}, err
	}
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", binary, source).CombinedOutput(); err != nil {
		return footprint{}, fmt.Errorf("go build: %w\n%s", err, out)
	}
	stat, err := os.Stat(binary)
	if err != nil {
		return footprint{}, err
	}
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return footprint{}, err
	}
	return footprint{stat.Size(), thirdParty(info.Deps)}, nil
}

func thirdParty(deps []*debug.Module) []string {
	var paths []string
	for _, dep := range deps {
		if dep.Path != "github.com/pepaylabs/pepay-go" {
			paths = append(paths, dep.Path)
		}
	}
	return paths
}

func megabytes(n int64) float64 { return float64(n) / 1e6 }
