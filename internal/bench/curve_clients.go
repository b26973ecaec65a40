package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// A call of a contestant hands out so many tokens, or one to each client.
const handoutsAtOnce = 256

func clientCounts() []int { return []int{1, 4, 16, 64, 256, 1024} }

// handouts are the handlers to compare, by their paths.
func handouts() []struct{ name, path string } {
	return []struct{ name, path string }{
		{"a constant answer", handoutConstant},
		{"pepay-go wstoken.Handler, with wstoken.Cache", handoutCached},
		{"pepay-go wstoken.Handler, a mint for each request", handoutEach},
	}
}

// clients shows how many tokens are handed out as more browsers ask at a time.
func clients(ctx context.Context, o options) ([]table, error) {
	return clientsOf(ctx, o, clientCounts())
}

func clientsOf(ctx context.Context, o options, counts []int) ([]table, error) {
	c := &chart{
		name: "clients-tokens", title: "tokens handed out per second, by the number of clients that ask",
		about: "Every client has a connection of its own and asks again as soon as it has an answer; the best round counts. The back end is a process of its own, on the same machine as the clients, and Pepay is another. " +
			"With the cache, the number of tokens stays near that of a handler that only writes a constant answer, however many clients there are, and Pepay sees one request. " +
			"Without the cache, every token is a request to Pepay, which answers at once here; from the Internet it takes longer, and Pepay limits the requests of a key.",
		x: axis{name: "clients"}, y: axis{name: "tokens per second"},
	}
	mints := 0
	for _, n := range counts {
		if most := connectionsAtMost(); !o.shape && n*len(handouts()) > most {
			o.note("%d clients are left out: the system lets this process have %d connections", n, most)
			continue
		}
		results, minted, err := measureClients(ctx, o, n)
		if err != nil {
			return nil, fmt.Errorf("%d clients: %w", n, err)
		}
		mints = max(mints, minted)
		o.note("%s clients", thousands(float64(n)))
		c.add(float64(n), results, func(r result) float64 {
			if r.nsFastest == 0 {
				return 0
			}
			return 1e9 / r.nsFastest
		})
	}
	for i, label := range []string{"constant", "pepay-go", "no cache"} {
		c.lines[i].short = label
	}
	return []table{c.table(bar{handouts()[1].name + ", mints", "1", strconv.Itoa(mints), mints == 1})}, nil
}

// measureClients compares the handlers with n clients, and returns how often the one with
// a cache minted.
func measureClients(ctx context.Context, o options, n int) (results []result, minted int, err error) {
	var contestants []contestant
	if o.shape {
		for _, h := range handouts() {
			contestants = append(contestants, contestant{name: h.name})
		}
		return unmeasured(contestants), 1, nil
	}
	mintedAt, stop, err := startServer(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer stop()
	backEnd, stop, err := startServer(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer stop()
	if _, err := exchange(ctx, http.MethodPost, backEnd+handoutSetup, mintedAt); err != nil {
		return nil, 0, err
	}
	var asked, batch int
	var open []*browsers
	defer func() {
		for _, all := range open {
			all.close()
		}
	}()
	for _, h := range handouts() {
		all, err := connectBrowsers(ctx, backEnd, h.path, n)
		open = append(open, all)
		if err != nil {
			return nil, 0, err
		}
		contestants = append(contestants, contestant{h.name, func(context.Context) error {
			if h.path == handoutEach {
				asked += all.batch()
			}
			return all.ask()
		}})
		batch = all.batch()
	}
	o.rounds = min(o.rounds, curveRounds)
	results, err = compare(ctx, elapsedTime, contestants, o)
	if err != nil {
		return nil, 0, err
	}
	for i := range results {
		results[i].per(batch)
	}
	text, err := exchange(ctx, http.MethodGet, mintedAt+handoutMints, "")
	if err != nil {
		return nil, 0, err
	}
	mints, err := strconv.Atoi(text)
	return results, mints - asked, err
}

// exchange sends a request to a server of this program and returns what it answers.
func exchange(ctx context.Context, method, address, body string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s: %s", method, req.URL.Path, resp.Status, text)
	}
	return string(text), err
}
