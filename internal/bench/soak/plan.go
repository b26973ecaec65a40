package main

import (
	"math/rand/v2"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

// plan decides which fault a stream meets next. Every connection that opens meets
// one, and now and then a dial is refused before. It is not safe for concurrent use.
type plan struct {
	faults *pepaytest.Faults
	role   role
	random *rand.Rand
	every  int

	names   []string // of the rules in force
	rules   []*pepaytest.Rule
	deck    []string // shuffled, so that every kind gets its turn
	refused bool     // the last one was at the dial; two rejections in a row end a stream for good
	last    string   // the last one of a connection
	met     map[string]int
}

func newPlan(faults *pepaytest.Faults, r role, random *rand.Rand, every int) *plan {
	return &plan{faults: faults, role: r, random: random, every: every, met: map[string]int{}}
}

// arm adds the next fault, unless the one before was not met yet, and returns its
// name. The first dial of a program is not refused: a status that would
// pass later on ends a stream that was never accepted.
func (p *plan) arm(first bool) string {
	if len(p.rules) > 0 && p.rules[0].Hits() == 0 && (!first || !p.refused) {
		return p.names[0]
	}
	p.settle()
	const refusals = 4 // one connection in so many is refused first
	if p.refused = !p.refused && !first && p.random.IntN(refusals) == 0; p.refused {
		names := atDial(p.role)
		name := names[p.random.IntN(len(names))]
		if name == tokenRejected && p.last == close4401 {
			name = wrongStatus
		}
		p.add(name, 0)
		return name
	}
	name, after := p.draw(), p.every/2+p.random.IntN(p.every)
	drawn := name
	var passing []string
	for passes(name) {
		passing = append(passing, name)
		name = p.draw()
	}
	p.last = name
	// What ends the connection comes first, because arm looks at it, and strikes
	// last; sometimes before an event that is late was sent.
	p.add(name, after+len(passing)*p.every/4+p.random.IntN(maxLate))
	for i, fault := range passing {
		p.add(fault, after+i*p.every/4)
	}
	return drawn
}

func (p *plan) draw() string {
	if len(p.deck) == 0 {
		p.deck = onStream()
		if p.role.token && p.random.IntN(2) == 0 { // it takes the time of many other faults
			p.deck = append(p.deck, closeOnExpiry)
		}
		p.random.Shuffle(len(p.deck), func(i, j int) { p.deck[i], p.deck[j] = p.deck[j], p.deck[i] })
	}
	name := p.deck[0]
	p.deck = p.deck[1:]
	return name
}

func (p *plan) add(name string, after int) {
	if name == closeOnExpiry {
		return
	}
	operation, when := p.role.operation, pepaytest.Next(1)
	if name == listOutage {
		operation, when = "listEvents", pepaytest.Next(1+p.random.IntN(8)) // requests of the resume that follows
	}
	p.names = append(p.names, name)
	p.rules = append(p.rules, p.faults.On(operation, newFault(name, after, p.random), when))
}

// settle counts what the rules did and removes them.
func (p *plan) settle() {
	for i, rule := range p.rules {
		p.met[p.names[i]] += rule.Hits()
	}
	p.names, p.rules = nil, nil
	p.faults.Reset()
}

// struck returns how often each fault was met.
func (p *plan) struck() map[string]int {
	p.settle()
	return p.met
}
