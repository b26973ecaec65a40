package doctor

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

// What nginx needs, and the way around it.
var upgradeWords = []string{
	"proxy_http_version 1.1;", "proxy_set_header Upgrade $http_upgrade;", `proxy_set_header Connection "upgrade";`, "PEPAY_WS_URL=wss://HOST",
}

func TestProxyWithoutUpgrade(t *testing.T) {
	t.Parallel()
	stripped := before(t, simulator(t).URL(), func(r *http.Request) {
		r.Header.Del("Connection")
		r.Header.Del("Upgrade")
	}, nil)
	all := run(t, config(t, stripped, merchantKey))
	all.want(t, "PEPAY_API_KEY.stream", Failed, append(upgradeWords, "the answer to the upgrade was 426 Upgrade Required")...)
	all.wantOnly(t, "PEPAY_API_KEY.stream")
}

// onUpgrade answers upgrades itself and passes the rest on.
func onUpgrade(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	behind := before(t, simulator(t).URL(), nil, nil)
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/ws/") {
			handler(w, r)
			return
		}
		request, err := http.NewRequestWithContext(r.Context(), r.Method, behind+r.URL.RequestURI(), r.Body)
		if err != nil {
			t.Error(err)
			return
		}
		request.Header = r.Header.Clone()
		transport := &http.Transport{DisableKeepAlives: true}
		response, err := transport.RoundTrip(request)
		if err != nil {
			return
		}
		defer func() { _ = response.Body.Close() }()
		for name, values := range response.Header {
			w.Header()[name] = values
		}
		w.WriteHeader(response.StatusCode)
		_, _ = io.Copy(w, response.Body)
	})
}

func TestOtherAnswersToUpgrade(t *testing.T) {
	t.Parallel()
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	for _, c := range []struct {
		name    string
		handler http.HandlerFunc
		texts   []string
		refused bool
	}{
		{"200", status(http.StatusOK), append(upgradeWords, "the answer to the upgrade was 200 OK"), false},
		{"400", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"success":false,"error":{"code":"VALIDATION_ERROR","message":"no websocket"}}`))
		}, append(upgradeWords, "400 Bad Request, VALIDATION_ERROR: no websocket"), false},
		{"never one", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, append(upgradeWords, "no answer to the upgrade within 2s"), false},
		{"closed", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, append(upgradeWords, "the other side closed the connection"), false},
		{"101 of something else", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Connection", "Upgrade")
			w.Header().Set("Upgrade", "websocket")
			w.WriteHeader(http.StatusSwitchingProtocols)
		}, append(upgradeWords, "is not a WebSocket's"), false},
		{"401", status(http.StatusUnauthorized), []string{"does not accept the key: 401 Unauthorized", "check its scope"}, true},
		{"403", status(http.StatusForbidden), []string{"does not accept the key: 403 Forbidden"}, true},
		{"404", status(http.StatusNotFound), []string{"does not open: 404 Not Found", "check the address of streams, ws://127.0.0.1:"}, false},
		{"503", status(http.StatusServiceUnavailable), []string{"503 Service Unavailable", "try again later", "PEPAY_WS_URL"}, false},
		{"429", status(http.StatusTooManyRequests), []string{"limits the rate"}, false},
		{"307", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "https://elsewhere.example/?token="+canary)
			w.WriteHeader(http.StatusTemporaryRedirect)
		}, []string{"leads to https://elsewhere.example", "PEPAY_API_URL"}, false},
		{"repeats the key", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusConflict)
			_, _ = w.Write([]byte(`{"error":{"code":"CONFLICT","message":"` + r.Header.Get("x-api-key") + `\u001b[2J"}}`))
		}, []string{"409 Conflict, CONFLICT: [redacted] [2J"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			conf := config(t, onUpgrade(t, c.handler), merchantKey)
			if c.name == "never one" {
				conf.Timeout = impatience
			}
			all := run(t, conf)
			all.want(t, "PEPAY_API_KEY.stream", Failed, c.texts...)
			all.wantOnly(t, "PEPAY_API_KEY.stream")
			if all.refused() != c.refused {
				t.Errorf("refused is %v", all.refused())
			}
		})
	}
}

// What a proxy does that passes on the upgrade and nothing after it.
func TestSilentStream(t *testing.T) {
	t.Parallel()
	server := simulator(t)
	server.Faults().On("openMerchantStream", pepaytest.SilentAfter(0), pepaytest.Always())
	conf := config(t, server.URL(), merchantKey)
	conf.Timeout = impatience
	all := run(t, conf)
	all.want(t, "PEPAY_API_KEY.stream", Failed, "opened, and did not answer a ping: no answer within 2s", "nothing after it", "PEPAY_WS_URL")
	all.wantOnly(t, "PEPAY_API_KEY.stream")
}

func TestStreamIsClosed(t *testing.T) {
	t.Parallel()
	all := run(t, config(t, onUpgrade(t, func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		_ = conn.Close(websocket.StatusPolicyViolation, "busy")
	}), merchantKey))
	all.want(t, "PEPAY_API_KEY.stream", Failed, "was closed with code 1008 busy", "pepay listen --verbose")
	all.wantOnly(t, "PEPAY_API_KEY.stream")
}
