package chaos

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go/internal/leakcheck"
)

func TestMain(m *testing.M) { leakcheck.Main(m) }

// target answers each byte it reads with as many bytes of its own as it says.
func target(t *testing.T) (addr string) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() {
				defer func() { _ = c.Close() }()
				b := make([]byte, 1)
				for {
					if _, err := io.ReadFull(c, b); err != nil {
						return
					}
					if _, err := c.Write(bytes.Repeat(b, int(b[0]))); err != nil {
						return
					}
				}
			})
		}
	})
	t.Cleanup(func() { _ = listener.Close(); serving.Wait() })
	return listener.Addr().String()
}

// dial connects through a proxy that does one thing.
func dial(t *testing.T, fate Fate) (net.Conn, *Proxy) {
	t.Helper()
	p, err := Start(t.Context(), target(t), func() Fate { return fate })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	c, err := new(net.Dialer).DialContext(t.Context(), "tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c, p
}

func TestForwards(t *testing.T) {
	t.Parallel()
	for name, fate := range map[string]Fate{
		"as it is": {}, "later": {Latency: 5 * time.Millisecond}, "slowly": {Rate: 10_000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := dial(t, fate)
			for _, n := range []byte{1, 200, 7} {
				if _, err := c.Write([]byte{n}); err != nil {
					t.Fatal(err)
				}
				got := make([]byte, n)
				if _, err := io.ReadFull(c, got); err != nil || !bytes.Equal(got, bytes.Repeat([]byte{n}, int(n))) {
					t.Errorf("got %v, %v", got, err)
				}
			}
		})
	}
}

func TestDelays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fate Fate
		n    byte
		min  time.Duration
	}{
		"latency": {Fate{Latency: 30 * time.Millisecond}, 1, 60 * time.Millisecond},
		"rate":    {Fate{Rate: 2000}, 200, 80 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, _ := dial(t, c.fate)
			start := time.Now()
			_, _ = conn.Write([]byte{c.n})
			if _, err := io.ReadFull(conn, make([]byte, c.n)); err != nil || time.Since(start) < c.min {
				t.Errorf("took %s, %v; want at least %s", time.Since(start), err, c.min)
			}
		})
	}
}

func TestEnds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fate Fate
		got  int   // bytes of 200
		err  error // of the read behind them
	}{
		"cut":               {Fate{End: Cut, Bytes: 73}, 73, io.EOF},
		"reset":             {Fate{End: Reset, Bytes: 1}, 1, syscall.ECONNRESET},
		"cut after a while": {Fate{End: Cut, After: 20 * time.Millisecond}, 200, io.EOF},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, p := dial(t, c.fate)
			_, _ = conn.Write([]byte{200})
			got, err := io.ReadAll(conn)
			if err == nil {
				err = io.EOF
			}
			if c.err == io.EOF && len(got) != c.got || !errors.Is(err, c.err) {
				t.Errorf("got %d bytes, %v, want %d, %v", len(got), err, c.got, c.err)
			}
			if p.Met()[c.fate.End] != 1 {
				t.Errorf("met %v", p.Met())
			}
		})
	}
}

// The reset comes at any time from the dial on.
func TestRefuses(t *testing.T) {
	t.Parallel()
	p, err := Start(t.Context(), target(t), func() Fate { return Fate{End: Refuse} })
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", p.Addr()); err == nil {
		_, _ = conn.Write([]byte{200})
		if got, _ := io.ReadAll(conn); len(got) > 0 {
			t.Errorf("got %d bytes", len(got))
		}
		_ = conn.Close()
		if p.Met()[Refuse] != 1 {
			t.Errorf("met %v", p.Met())
		}
	}
}

// A connection that was forgotten stays open and brings nothing, until the client
// gives up.
func TestHalfOpen(t *testing.T) {
	t.Parallel()
	conn, p := dial(t, Fate{End: HalfOpen, Bytes: 50})
	_, _ = conn.Write([]byte{100})
	if _, err := io.ReadFull(conn, make([]byte, 50)); err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if n, err := conn.Read(make([]byte, 1)); n != 0 || !errors.Is(err, net.ErrClosed) && !isTimeout(err) {
		t.Errorf("read %d, %v", n, err)
	}
	if _, err := conn.Write([]byte{1}); err != nil {
		t.Errorf("writing: %v", err)
	}
	if p.Met()[HalfOpen] != 1 {
		t.Errorf("met %v", p.Met())
	}
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

func TestCalm(t *testing.T) {
	t.Parallel()
	conn, p := dial(t, Fate{End: HalfOpen, Bytes: 1})
	_, _ = conn.Write([]byte{5})
	_, _ = io.ReadFull(conn, make([]byte, 1))
	p.Calm()
	if _, err := io.ReadAll(conn); err != nil {
		t.Errorf("an open connection: %v", err)
	}
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, _ = conn.Write([]byte{100})
	if _, err := io.ReadFull(conn, make([]byte, 100)); err != nil {
		t.Errorf("a new connection: %v", err)
	}
}

func TestAnyDrawsEverything(t *testing.T) {
	t.Parallel()
	draw := func(seed uint64) (fates []Fate) {
		random := rand.New(rand.NewPCG(seed, 0))
		for range 200 {
			fates = append(fates, Any(random, 1000, time.Second))
		}
		return fates
	}
	fates := draw(1)
	if !slices.Equal(fates, draw(1)) || slices.Equal(fates, draw(2)) {
		t.Error("the seed does not decide")
	}
	seen := map[End]bool{}
	slow, late := false, false
	for _, f := range fates {
		seen[f.End] = true
		slow, late = slow || f.Rate > 0, late || f.Latency > 0
		if f.Bytes > 1000 || f.After <= 0 || f.After > 2*time.Second {
			t.Errorf("%+v", f)
		}
	}
	if !seen[Refuse] || !seen[Cut] || !seen[Reset] || !seen[HalfOpen] || !slow || !late {
		t.Errorf("seen %v, slow %t, late %t", seen, slow, late)
	}
}
