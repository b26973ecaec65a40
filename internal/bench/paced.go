package main

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

const (
	// pacedPath starts the rounds that its query asks for, in which every stream of the
	// paced customer gets an event.
	pacedPath = "/paced"
	// Between two rounds, so that one stream gets one event at a time.
	pacedPause = 200 * time.Microsecond
)

// paced are the open streams of the paced customer.
type paced struct {
	mu   sync.Mutex
	open map[*blaster]struct{}
}

// add sends a stream its first event. It does not disturb a round.
func (p *paced) add(b *blaster) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open[b] = struct{}{}
	return b.send(1)
}

func (p *paced) remove(b *blaster) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.open, b)
}

// answerRounds answers when the last round is over.
func (p *paced) answerRounds(_ http.ResponseWriter, req *http.Request) {
	rounds, _ := strconv.Atoi(req.FormValue("rounds"))
	pause := time.NewTimer(0)
	defer pause.Stop()
	for range rounds {
		<-pause.C
		p.round()
		pause.Reset(pacedPause)
	}
}

func (p *paced) round() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for b := range p.open {
		if b.send(1) != nil {
			delete(p.open, b)
		}
	}
}
