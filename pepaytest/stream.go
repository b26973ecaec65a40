package pepaytest

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// stream is one open stream. Its handler's goroutine follows the log and writes; a
// second one reads, for pings and for the client's close.
type stream struct {
	server    *Server
	number    int64
	operation string
	since     string
	opened    time.Time
	selection selection
	filters   map[string]string // as they were asked for
	who       caller
	sent      atomic.Int64

	// Of the handler's goroutine.
	place   logPlace
	batch   []*record
	window  [64]*record
	buf     []byte
	lastID  string     // of the last event sent
	opening *streamEnd // what is sent first to a cursor that is too old
	faults  []pendingFault
	late    []lateEvent // by LateAfter

	mu       sync.Mutex
	wire     *wire // set once, before run
	deadline time.Time

	gone      chan struct{} // closed when the client is
	silent    atomic.Bool
	done      chan struct{} // closed when the stream is to end with final
	final     streamEnd
	finalOnce sync.Once
}

// OpenMerchantStream simulates GET /ws/merchant/events.
//
// See https://docs-alpha.pepay.io/api-spec/endpoints/ws-merchant-events
func (h handlers) OpenMerchantStream(w http.ResponseWriter, r *http.Request, _ server.OpenMerchantStreamParams) {
	h.server.openStream(w, r, merchantEvents)
}

// OpenCommerceStream simulates GET /ws/commerce/events.
//
// See https://docs-alpha.pepay.io/sdk/commerce/websockets
func (h handlers) OpenCommerceStream(w http.ResponseWriter, r *http.Request, _ server.OpenCommerceStreamParams) {
	h.server.openStream(w, r, commerceEvents)
}

// OpenPaymentStream simulates GET /ws/payment.
//
// See https://docs-alpha.pepay.io/sdk/payors/websockets
func (h handlers) OpenPaymentStream(w http.ResponseWriter, r *http.Request, _ server.OpenPaymentStreamParams) {
	h.server.openStream(w, r, paymentEvents)
}

// openStream decides whether there is a stream and where it begins; the upgrade
// itself needs the connection and follows in [Server.upgrade].
func (s *Server) openStream(w http.ResponseWriter, r *http.Request, kind streamKind) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		invalidRequest("The query cannot be read").write(w)
		return
	}
	who, bad := s.authenticateStream(r, query, kind)
	if bad != nil {
		bad.write(w)
		return
	}
	operation := s.operationID(r)
	if err := server.CheckQuery(operation, r.URL.RawQuery); err != nil {
		invalidRequest(err.Error()).write(w)
		return
	}
	sel, since, err := parseStreamQuery(query)
	if err != nil {
		invalidRequest(err.Error()).write(w)
		return
	}
	sel.audience = who.audience
	st := &stream{
		server: s, operation: operation, since: since, opened: s.cfg.now(), selection: sel, filters: filtersOf(query), who: who,
		gone: make(chan struct{}), done: make(chan struct{}),
	}
	st.begin()
	w.WriteHeader(http.StatusSwitchingProtocols)
	if ans, ok := w.(*answer); ok {
		ans.upgrade = st
	}
}

// run serves the stream until it ends.
func (st *stream) run(ctx context.Context, conn *websocket.Conn) {
	go st.read(ctx, conn)
	stop := st.watchExpiry()
	defer stop()
	st.end(st.follow())
	<-st.gone
	_ = conn.CloseNow()
}

// read lets the library answer pings and see the client's close. Other messages of the
// client are ignored.
func (st *stream) read(ctx context.Context, conn *websocket.Conn) {
	defer close(st.gone)
	for {
		_, message, err := conn.Reader(ctx)
		if err != nil {
			break
		}
		if _, err := io.Copy(io.Discard, message); err != nil {
			break
		}
	}
	if st.silent.Load() {
		_, _ = io.Copy(io.Discard, st.wire.Conn) // a close is not answered either, until the client hangs up
	}
}

// follow sends events until there is a reason to end.
func (st *stream) follow() streamEnd {
	if end := st.queueFirst(st.opening); end != nil {
		return *end
	}
	for {
		if end := st.betweenEvents(); end != nil {
			if st.flush() != nil {
				return streamEnd{how: endLeft}
			}
			return *end
		}
		rec, end := st.next()
		if end == nil {
			end = st.deliver(rec)
		}
		if end != nil {
			return *end
		}
	}
}

// next waits for the next event the stream wants.
func (st *stream) next() (*record, *streamEnd) {
	for {
		for len(st.batch) > 0 {
			rec := st.batch[0]
			st.batch = st.batch[1:]
			st.place.position++
			if st.selection.wants(rec) {
				if st.selection.audience.kind == paymentEvents {
					rec = rec.forPayor()
				}
				return rec, nil
			}
		}
		select {
		case <-st.done:
			return nil, &st.final
		case <-st.gone:
			return nil, &streamEnd{how: endLeft}
		default:
		}
		n, lost, changed := st.server.events.read(&st.place, st.window[:])
		if lost {
			if end := st.cursorLost(); end != nil {
				return nil, end
			}
			continue
		}
		st.batch = st.window[:n]
		if n > 0 {
			continue
		}
		if st.flush() != nil {
			return nil, &streamEnd{how: endLeft}
		}
		select {
		case <-changed:
		case <-st.done:
		case <-st.gone:
		}
	}
}

// flushBytes is how much is written at once while there is a backlog.
const flushBytes = 32 << 10

// write queues one frame of an event.
func (st *stream) write(rec *record) *streamEnd {
	st.buf = appendText(st.buf, rec.frame)
	st.countEvent(rec)
	if len(st.buf) >= flushBytes && st.flush() != nil {
		return &streamEnd{how: endLeft}
	}
	return nil
}

func (st *stream) flush() error {
	if len(st.buf) == 0 {
		return nil
	}
	err := st.wire.send(st.buf)
	st.buf = st.buf[:0]
	return err
}
