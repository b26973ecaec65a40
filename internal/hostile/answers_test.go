package hostile_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Every attack on every way in: an error comes of it, after a bounded number of
// requests, in bounded time and memory.
func TestHostileAnswers(t *testing.T) { //nolint:paralleltest // it measures what the process allocates
	for _, w := range ways() {
		for _, a := range attacks() {
			t.Run(w.name+"/"+a.name, func(t *testing.T) { //nolint:paralleltest // as above
				synctest.Test(t, func(t *testing.T) { underAttack(t, w, a) })
			})
		}
	}
}

func underAttack(t *testing.T, w way, a attack) {
	t.Helper()
	s := serve(t, w.prefix, a.play)
	ctx := t.Context()
	if w.follows {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, w.within)
		defer cancel()
	}
	before, start := allocated(), time.Now()
	err := w.run(ctx, s.client)
	took, used, requests := time.Since(start), allocated()-before, s.attacked.Load()

	switch {
	case err == nil || errors.Is(err, errUnexpected):
		t.Errorf("got %v", err)
	case w.answers && a.want != nil && !errors.Is(err, a.want):
		t.Errorf("%v is not %v", err, a.want)
	case len(err.Error()) > 400, strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), "canary"):
		t.Errorf("the error is long or shows the key: %v", err)
	}
	if requests < 1 || requests > w.requests {
		t.Errorf("%d requests, want 1 to %d", requests, w.requests)
	}
	if took > w.within {
		t.Errorf("took %s, want at most %s", took, w.within)
	}
	if most := a.memory * uint64(max(requests, 1)); used > most {
		t.Errorf("allocated %d KiB with %d requests, want at most %d", used>>10, requests, most>>10)
	}
	t.Logf("%d requests, %s, %d KiB: %v", requests, took, used>>10, err)
}
