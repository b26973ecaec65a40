package pepaytest

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/pepaylabs/pepay-go"
)

// A key that stops working between the check of the upgrade's credential and the stream
// that is open ends that stream, whose closing nobody else brings about any more.
func TestKeyEndsDuringTheHandshake(t *testing.T) {
	t.Parallel()
	const expiring = "pk_expiring"
	for name, c := range map[string]struct {
		key    string
		end    func(*Server) error
		reason string
	}{
		"revoked": {defaultAPIKey, func(s *Server) error { return s.RevokeKey(defaultAPIKey) }, reasonRevoked},
		"expired": {expiring, func(s *Server) error { s.Advance(time.Hour); return nil }, reasonExpired},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := NewServer(t, WithKey(expiring, Key{Scope: pepay.WSTokenScopeMerchant, ExpiresAt: time.Now().Add(30 * time.Minute)}))
			front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				ans := newAnswer()
				s.openStream(ans, r, merchantEvents)
				if ans.upgrade == nil {
					t.Errorf("refused: %s", ans.body.String())
					return
				}
				if err := c.end(s); err != nil {
					t.Error(err)
				}
				s.upgrade(w, r, ans, func(int, *answer) {})
			}))
			defer front.Close()
			conn, _, err := websocket.Dial(t.Context(), front.URL+"/ws/merchant/events", &websocket.DialOptions{
				HTTPClient: front.Client(), HTTPHeader: http.Header{"X-Api-Key": {c.key}},
			})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.CloseNow() }()
			s.Emit(pepay.Event{Type: pepay.EventInvoiceCreated, Data: pepay.EventData{Object: []byte(`{"object":"invoice","id":"inv_1"}`)}})
			_, frame, err := conn.Read(t.Context())
			if code := websocket.CloseStatus(err); code != websocket.StatusPolicyViolation {
				t.Fatalf("read %q, %v, want it closed with 1008", frame, err)
			}
			var closed websocket.CloseError
			if errors.As(err, &closed) && closed.Reason != c.reason {
				t.Errorf("closed with %q, want %q", closed.Reason, c.reason)
			}
		})
	}
}
