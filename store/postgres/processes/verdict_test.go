package processes

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// maxStories is how many problems of a kind are told in full.
const maxStories = 3

// verdict is everything that is wrong with a history.
func (h *history) verdict() []string {
	return append(append(h.wrongEffects(), h.wrongCursors()...), h.wrongFences()...)
}

// wrongEffects finds events that were lost, that had more than one effect, and effects of
// nothing.
func (h *history) wrongEffects() []string {
	times := make(map[string]int, len(h.emissions))
	for _, e := range h.effects {
		times[e.event]++
	}
	var lost, twice, foreign problems
	for _, e := range h.emissions {
		switch n := times[e.id]; {
		case n == 0:
			lost.add(func() string { return fmt.Sprintf("event %d is lost: %s%s", e.number, e.id, h.story(e.id)) })
		case n > 1:
			twice.add(func() string { return fmt.Sprintf("event %d had %d effects: %s%s", e.number, n, e.id, h.story(e.id)) })
		}
		delete(times, e.id)
	}
	for id := range times {
		foreign.add(func() string { return "an effect of an event that was not emitted: " + id })
	}
	return append(append(lost.told("lost"), twice.told("with more than one effect")...), foreign.told("not emitted")...)
}

// wrongCursors finds out where the cursor went back.
func (h *history) wrongCursors() []string {
	numbers := h.numbers()
	var back, unknown problems
	highest, at := 0, move{}
	for _, m := range h.moves {
		n, ok := numbers[m.cursor]
		switch {
		case !ok && m.cursor != "" && !strings.HasPrefix(m.cursor, "began:"):
			unknown.add(func() string { return fmt.Sprintf("the cursor is no event: %q (fence %d)", m.cursor, m.fence) })
		case n < highest:
			back.add(func() string {
				return fmt.Sprintf("the cursor went back from number %d (%s, fence %d, holder %s) to number %d (%s, fence %d, holder %s)%s",
					highest, at.at.Format(clock), at.fence, at.holder, n, m.at.Format(clock), m.fence, m.holder, h.story(m.cursor))
			})
		default:
			highest, at = n, m
		}
	}
	return append(back.told("steps back"), unknown.told("cursors that are no event")...)
}

// wrongFences finds out where a term did not have a greater fence than the one before, and
// where two holders had one.
func (h *history) wrongFences() []string {
	var wrong problems
	for i, m := range h.moves {
		if i == 0 {
			continue
		}
		before := h.moves[i-1]
		if m.fence < before.fence || m.fence == before.fence && m.holder != before.holder && m.holder != "" && before.holder != "" {
			wrong.add(func() string {
				return fmt.Sprintf("at %s, fence %d of %s follows fence %d of %s", m.at.Format(clock), m.fence, m.holder, before.fence, before.holder)
			})
		}
	}
	return wrong.told("wrong fences")
}

// problems tells the first ones in full and counts the others.
type problems struct {
	stories []string
	count   int
}

func (p *problems) add(story func() string) {
	if p.count++; p.count <= maxStories {
		p.stories = append(p.stories, story())
	}
}

func (p *problems) told(kind string) []string {
	if p.count > maxStories {
		return append(p.stories, fmt.Sprintf("… %d %s in all", p.count, kind))
	}
	return p.stories
}

// What is wrong with a history is found and told.
func TestVerdict(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	right := func() *history {
		return &history{
			emissions: []emission{{1, "evt_1", "invoice.created", at(0)}, {2, "evt_2", "invoice.created", at(10)}, {3, "evt_3", "invoice.updated", at(20)}},
			effects: []effect{
				{"evt_1", viaStream, "a/7", 1, at(1)},
				{"evt_3", viaWebhook, "b/8", 0, at(21)},
				{"evt_2", viaStream, "b/8", 2, at(3011)},
			},
			moves: []move{
				{"h/7/x", 1, "", at(-100)}, {"h/7/x", 1, "began:2026-01-01T12:00:00Z", at(-90)}, {"h/7/x", 1, "evt_1", at(2)},
				{"h/8/x", 2, "evt_1", at(3005)}, {"h/8/x", 2, "evt_3", at(3013)}, {"", 2, "evt_3", at(3020)}, {"h/9/x", 3, "evt_3", at(3030)},
			},
			disturbances: []disturbance{{killed, "a/7", 1, at(5), at(6)}},
		}
	}
	for name, c := range map[string]struct {
		break_ func(*history)
		want   []string // of the verdict; none for a history that is right
	}{
		"right": {func(*history) {}, nil},
		"lost": {func(h *history) { h.effects = h.effects[:2] },
			[]string{"event 2 is lost: evt_2", "emitted as number 2, invoice.created", "cursor at number 3, fence 2, holder h/8/x", "kill -9 of a/7 (fence 1)"}},
		"twice": {func(h *history) { h.effects = append(h.effects, effect{"evt_1", viaStream, "b/8", 2, at(3010)}) },
			[]string{"event 1 had 2 effects: evt_1", "effect by replica a/7, by stream, fence 1", "effect by replica b/8, by stream, fence 2"}},
		"not emitted": {func(h *history) { h.effects = append(h.effects, effect{event: "evt_4"}) }, []string{"an effect of an event that was not emitted: evt_4"}},
		"cursor back": {func(h *history) { h.moves[5].cursor = "evt_1" },
			[]string{"the cursor went back from number 3 (12:00:03.013, fence 2, holder h/8/x) to number 1 (12:00:03.020, fence 2, holder )"}},
		"cursor back to the mark":    {func(h *history) { h.moves[5].cursor = "began:2026-01-01T12:00:00Z" }, []string{"the cursor went back from number 3"}},
		"cursor of nothing":          {func(h *history) { h.moves[5].cursor = "evt_9" }, []string{`the cursor is no event: "evt_9"`}},
		"fence back":                 {func(h *history) { h.moves[6].fence = 1 }, []string{"fence 1 of h/9/x follows fence 2 of "}},
		"fence of two holders":       {func(h *history) { h.moves[4].holder = "h/7/x" }, []string{"fence 2 of h/7/x follows fence 2 of h/8/x"}},
		"more than are told in full": {func(h *history) { h.effects, h.emissions = nil, append(h.emissions, h.emissions...) }, []string{"event 1 is lost", "… 6 lost in all"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := right()
			c.break_(h)
			got := strings.Join(h.verdict(), "\n")
			if (got == "") != (c.want == nil) {
				t.Errorf("the verdict is %q", got)
			}
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("the verdict lacks %q:\n%s", want, got)
				}
			}
		})
	}
	if took := right().takeOvers(killed); len(took) != 1 || took[0] != (takeOver{3000 * time.Millisecond, 3006 * time.Millisecond}) {
		t.Errorf("taken over in %v", took)
	}
	disturbed := right()
	disturbed.disturbances = append(disturbed.disturbances, disturbance{what: restarted, from: at(1000), to: at(2000)})
	if took := disturbed.takeOvers(killed); len(took) != 0 {
		t.Errorf("with a restart in between: %v", took)
	}
}
