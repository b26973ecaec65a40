package wstoken

import (
	"context"
	"sync"

	"github.com/pepaylabs/pepay-go"
)

// maxUpstream is how many requests of one scope may wait for a source at a time.
const maxUpstream = 16

// places bounds how many requests wait for a source, for each scope by itself: a
// scope that Pepay does not answer for must not keep the others waiting. A scope
// that nobody waits for takes no memory.
type places struct {
	mu     sync.Mutex
	scopes map[pepay.WSTokenScope]*scopePlaces
}

type scopePlaces struct {
	taken chan struct{}
	users int // who holds a place or waits for one
}

// take waits for a place and returns what gives it back.
func (p *places) take(ctx context.Context, scope pepay.WSTokenScope) (giveBack func(), err error) {
	s := p.enter(scope)
	select {
	case s.taken <- struct{}{}:
		return func() { <-s.taken; p.leave(scope, s) }, nil
	case <-ctx.Done():
		p.leave(scope, s)
		return nil, ctx.Err()
	}
}

func (p *places) enter(scope pepay.WSTokenScope) *scopePlaces {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.scopes[scope]
	if s == nil {
		if p.scopes == nil {
			p.scopes = map[pepay.WSTokenScope]*scopePlaces{}
		}
		s = &scopePlaces{taken: make(chan struct{}, maxUpstream)}
		p.scopes[scope] = s
	}
	s.users++
	return s
}

func (p *places) leave(scope pepay.WSTokenScope, s *scopePlaces) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.users--; s.users == 0 {
		delete(p.scopes, scope)
	}
}
