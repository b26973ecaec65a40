package processes

import (
	"context"
	"time"
)

// act is a part of a run.
type act struct {
	name   string
	life   time.Duration // of the lease, 0 for the default
	beat   time.Duration // the holder is killed so often
	events int
	within time.Duration // so long it takes to emit them
	// others are what else happens, one after the other, half a beat after each kill. nil is nothing.
	others []func(*run, context.Context, act)
}

const defaultLife = 3 * time.Second

func (a act) leaseLife() time.Duration {
	if a.life == 0 {
		return defaultLife
	}
	return a.life
}

// disturb kills and does the rest until ctx ends, and leaves everything whole.
func (w *run) disturb(ctx context.Context, a act) {
	w.t.Helper()
	beat := time.NewTicker(a.beat)
	defer beat.Stop()
	for n := 0; ; n++ {
		select {
		case <-beat.C:
		case <-ctx.Done():
			return
		}
		other := a.others[n%len(a.others)]
		fence := w.killHolder(ctx, other != nil)
		if other == nil {
			continue
		}
		select {
		case <-time.After(a.beat / 2):
		case <-ctx.Done():
			return
		}
		w.overtaken(ctx, fence)
		other(w, ctx, a)
	}
}

// happened notes a disturbance that is over.
func (w *run) happened(what, replica string, fence int64, from time.Time) {
	w.disturbances = append(w.disturbances, disturbance{what, replica, fence, from, time.Now()})
}

// killHolder kills the holder, whatever it is doing or when it works, and starts another
// replica in its place.
func (w *run) killHolder(ctx context.Context, working bool) (fence int64) {
	w.t.Helper()
	p, fence := w.holder(ctx, working)
	if p == nil {
		return fence
	}
	from := time.Now()
	p.process.kill()
	w.happened(killed, p.process.name, fence, from)
	p.start()
	return fence
}

// stopHolder stops the holder until its lease has run out and another replica has handled
// an event. What it was about to save comes late.
func (w *run) stopHolder(ctx context.Context, a act) {
	w.t.Helper()
	p, fence := w.holder(ctx, true)
	if p == nil {
		return
	}
	from := time.Now()
	w.check(p.process.signal(pause))
	outlast(ctx, a)
	w.overtaken(ctx, fence)
	w.check(p.process.signal(resume))
	if ctx.Err() != nil {
		fence = 0 // it was broken off: perhaps nobody takes over
	}
	w.happened(stopped, p.process.name, fence, from)
}

// cutHolder cuts the network between the holder and the database, while the cursor of an
// event that was handled is on its way. It arrives when another replica has taken over.
func (w *run) cutHolder(ctx context.Context, a act) {
	w.t.Helper()
	p, fence := w.holder(ctx, true)
	if p == nil {
		return
	}
	p.leases.Cut()
	from := time.Now()
	w.eventually(ctx, "no event is handled", func(ctx context.Context) bool {
		n, err := w.count(ctx, countEffectsSince, fence, from)
		return err == nil && n > 0 || time.Since(from) > a.leaseLife()
	})
	p.database.Cut()
	outlast(ctx, a)
	w.overtaken(ctx, fence)
	_, err := w.db.Exec(ctx, forgetRecent)
	if ctx.Err() == nil {
		w.check(err)
	}
	p.leases.Heal()
	p.database.Heal()
	if ctx.Err() != nil {
		fence = 0 // as above
	}
	w.happened(cut, p.process.name, fence, from)
}

// outlast waits for longer than the life of a lease.
func outlast(ctx context.Context, a act) {
	select {
	case <-time.After(a.leaseLife() * 5 / 4):
	case <-ctx.Done():
	}
}

// overtaken waits until a later term has moved the cursor.
func (w *run) overtaken(ctx context.Context, fence int64) {
	w.t.Helper()
	w.eventually(ctx, "no other replica goes on", func(ctx context.Context) bool {
		n, err := w.count(ctx, countMovesAfter, fence)
		return err == nil && n > 1 // the first one is that of the fence alone
	})
}

// cutPepay cuts the network between the holder and Pepay. The holder keeps the lease.
func (w *run) cutPepay(ctx context.Context, a act) {
	w.t.Helper()
	p, fence := w.holder(ctx, true)
	if p == nil {
		return
	}
	from := time.Now()
	p.pepay.Cut()
	outlast(ctx, a)
	p.pepay.Heal()
	p.pepay.CloseConnections()
	w.happened(cut+" from Pepay", p.process.name, fence, from)
}

func (w *run) restartPostgres(ctx context.Context, _ act) {
	w.t.Helper()
	from := time.Now()
	w.check(w.postgres.Restart(context.WithoutCancel(ctx)))
	w.happened(restarted, "", 0, from)
}

func (w *run) crashPostgres(ctx context.Context, _ act) {
	w.t.Helper()
	from := time.Now()
	w.check(w.postgres.Kill())
	w.check(w.postgres.Start(context.WithoutCancel(ctx)))
	w.happened(restarted+" after kill -9", "", 0, from)
}

// deploy replaces the replicas one by one, as a new version of the program would.
func (w *run) deploy(ctx context.Context, life time.Duration) {
	w.t.Helper()
	for _, p := range w.places {
		p.settings.Life = life
		if p.process == nil {
			p.start()
			continue
		}
		holder, fence := w.holder(ctx, false)
		if holder != p {
			fence = 0
		}
		from := time.Now()
		w.check(p.process.stop())
		w.happened(deployed, p.process.name, fence, from)
		p.start()
	}
}
