package pepaytest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
)

func statePath(t *testing.T) string { return filepath.Join(t.TempDir(), "state.json") }

// keeping starts a server with a state file.
func keeping(t *testing.T, path string, opts ...pepaytest.Option) *pepaytest.Server {
	t.Helper()
	return pepaytest.NewServer(t, append(opts, pepaytest.WithStateFile(path))...)
}

func closeServer(t *testing.T, s *pepaytest.Server) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// What a server knew is known after a restart, byte for byte.
func TestStateFileKeepsEverything(t *testing.T) {
	t.Parallel()
	path := statePath(t)
	look := func(s *pepaytest.Server, inv createdInvoice) string {
		var all []string
		for _, ev := range s.Events() {
			all = append(all, fmt.Sprintf("%+v", ev))
		}
		for _, r := range []reply{
			ask(t, s, http.MethodGet, invoicesPath+"/"+inv.ID, ""),
			ask(t, s, http.MethodGet, merchantTokens, ""),
			askBearer(t, s, http.MethodGet, settlementPath, ""),
			ask(t, s, http.MethodGet, "/api/v1/events", ""),
		} {
			wantStatus(t, r, http.StatusOK)
			all = append(all, r.body)
		}
		return strings.Join(all, "\n")
	}
	const raw = `{ "id":"evt_1-1", "type":"odd",  "data":{"object":{}} }`
	clock := pepaytest.WithClock(fixedClock)
	s := keeping(t, path, clock)
	inv := createInvoice(t, s, `{"amount_usd":49.99,"customer_id":"<&>","metadata":{"n":9007199254740993}}`, aUUID)
	if err := s.Pay(inv.ID, pepaytest.Payment{Millis: 20_000}); err != nil {
		t.Fatal(err)
	}
	key := createKey(t, s, `{"name":"Server","scope":"merchant"}`)
	wantStatus(t, ask(t, s, http.MethodPost, merchantTokens+"/10/block", `{"blocked":true}`), http.StatusOK)
	wantStatus(t, askBearer(t, s, http.MethodPut, settleInPath, `{"settlement_token_id":12}`), http.StatusOK)
	ev := emit(s, pepay.EventCommerceOrderUpdated)
	s.Emit(ev) // once more
	s.EmitRaw(json.RawMessage(raw))
	if err := s.RevokeKey(s.CommerceAPIKey()); err != nil {
		t.Fatal(err)
	}
	s.Advance(time.Hour)
	before, token, requests := look(s, inv), mint(t, s, ""), len(s.Requests())
	closeServer(t, s)

	again := keeping(t, path, clock)
	if frame, err := openMerchant(t, again, "since="+ev.ID).frame(); err != nil || frame != raw {
		t.Errorf("the raw event is replayed as %s, %v", frame, err)
	}
	if after := look(again, inv); after != before {
		was, is := strings.Split(before, "\n"), strings.Split(after, "\n")
		for i := range was {
			if i >= len(is) || was[i] != is[i] {
				t.Fatalf("line %d of %d was\n%s\nand is\n%s", i, len(was), was[i], is[min(i, len(is)-1)])
			}
		}
	}
	if got := createInvoice(t, again, `{"amount_usd":49.99,"customer_id":"<&>","metadata":{"n":9007199254740993}}`, aUUID); got != inv {
		t.Errorf("the idempotency key is forgotten: %+v, want %+v", got, inv)
	}
	if got := tryKey(t, again, key.APIKey); got != works {
		t.Errorf("the created key: %s", got)
	}
	if got := tryKey(t, again, s.CommerceAPIKey()); got != refused {
		t.Errorf("the revoked key: %s", got)
	}
	if got := mint(t, again, ""); got.body == token.body {
		t.Error("the same token is minted again")
	}
	if got, want := again.Requests()[0], fmt.Sprintf("req_%d", requests+1); ask(t, again, http.MethodGet, "/", "").header.Get("x-request-id") == "req_1" || got.Status == 0 {
		t.Errorf("request ids begin anew, want from %s", want)
	}
	// Payors' sessions and what is to fall due are there too.
	r, err := request(t, again, http.MethodGet, "/api/v1/payments/payment-status", "", "x-session-token", inv.SessionToken, "x-signature", inv.Signature)
	if err != nil || r.status == http.StatusUnauthorized {
		t.Errorf("the session: %v %s", err, r.body)
	}
	n := len(again.Events())
	again.Advance(12 * time.Hour)
	events := again.Events()
	if len(events) != n+1 || !strings.Contains(string(events[n].Data.Object), `"status":"expired"`) {
		t.Errorf("%d events after the expiry, want one more than %d", len(events), n)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// The events of an order, its invoice and its payments are commerce's after a restart too,
// although a payment does not say so itself.
func TestStateFileKeepsWhoseEventsAre(t *testing.T) {
	t.Parallel()
	path := statePath(t)
	look := func(s *pepaytest.Server) string { return commerce(t, s, http.MethodGet, "/api/v1/events", "").body }
	s := keeping(t, path)
	simulate(t, s, checkout(t, s, "").OrderID, "payment_confirmed")
	before := look(s)
	if !strings.Contains(before, pepay.EventInvoicePaymentUpdated) {
		t.Fatalf("no payment: %s", before)
	}
	closeServer(t, s)
	if after := look(keeping(t, path)); after != before {
		t.Errorf("after the restart:\n%s\nbefore it:\n%s", after, before)
	}
}

// What fell due while no server ran happens at the next start, with its own time.
func TestStateFileAfterALongTime(t *testing.T) {
	t.Parallel()
	path := statePath(t)
	s := keeping(t, path, pepaytest.WithClock(fixedClock))
	inv := createInvoice(t, s, `{"amount_usd":10,"expires_in":60000}`, aUUID)
	closeServer(t, s)
	later := keeping(t, path, pepaytest.WithClock(func() time.Time { return fixedClock().Add(24 * time.Hour) }))
	events := later.Events()
	if last := events[len(events)-1]; len(events) != 2 || last.Created.Unix() != inv.ExpiresAt || !strings.Contains(string(last.Data.Object), `"status":"expired"`) {
		t.Errorf("%d events, the last one %s at %d, want the expiry at %d", len(events), last.Data.Object, last.Created.Unix(), inv.ExpiresAt)
	}
}

func TestStateFileOfTwoServers(t *testing.T) {
	t.Parallel()
	path := statePath(t)
	s := keeping(t, path)
	link := filepath.Join(t.TempDir(), "link.json")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, link} {
		if _, err := pepaytest.Start("", pepaytest.WithStateFile(name)); err == nil || !strings.Contains(err.Error(), "another server has it") {
			t.Errorf("%s: %v", name, err)
		}
	}
	closeServer(t, s)
	closeServer(t, keeping(t, link))
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link is %v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestStateFileIsRefused(t *testing.T) {
	t.Parallel()
	sample := statePath(t)
	s := keeping(t, sample)
	createInvoice(t, s, `{"amount_usd":10}`, aUUID)
	closeServer(t, s)
	whole, err := os.ReadFile(sample)
	if err != nil {
		t.Fatal(err)
	}
	replace := func(old, with string) string { return strings.Replace(string(whole), old, with, 1) }
	for _, tc := range []struct{ name, content, want string }{
		{"newer", replace(`{"pepaytest_state":1`, `{"pepaytest_state":2,"more":1`), "a newer version of the simulator wrote it (format 2, this one reads up to 1)"},
		{"truncated", string(whole[:len(whole)/2]), "broken at line "},
		{"truncated at its end", string(whole[:len(whole)-2]), "broken at line "},
		{"empty", "", "the file is empty"},
		{"something else", `{"name":"x"}`, "no state file of the simulator"},
		{"not JSON", "hello", "broken at line 1, column 1"},
		{"other type", replace(`"amount":10000`, `"amount":"10"`), "state.invoices: entry 1: amount is a string"},
		{"null", replace(`"invoices":[`, `"invoices":[null,`), "state.invoices: entry 1: it is null"},
		{"unknown field", replace(`"amount":10000`, `"amount":10000,"colour":1`), `state.invoices: entry 1: json: unknown field "colour"`},
		{"unknown part", replace(`"state":{`, `"state":{"colour":1,`), "nothing is known about state.colour"},
		{"odd event", replace(`"log":[`, `"log":[7,`), "log: entry 1: it is no object"},
		{"incomplete event", replace(`"type":"invoice.created"`, `"type":""`), "log: entry 1: it is no complete event"},
		{"more behind it", string(whole) + "{}", "broken at line "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			path := statePath(t)
			if err := os.WriteFile(path, []byte(tc.content), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := pepaytest.Start("", pepaytest.WithStateFile(path))
			if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("%v, want %q", err, tc.want)
			}
			if now, err := os.ReadFile(path); err != nil || string(now) != tc.content {
				t.Errorf("the file was changed (%v)", err)
			}
			if left, _ := filepath.Glob(path + ".*"); len(left) != 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
	if _, err := pepaytest.Start("", pepaytest.WithStateFile(t.TempDir())); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("a folder: %v", err)
	}
	if _, err := pepaytest.Start("", pepaytest.WithStateFile(filepath.Join(t.TempDir(), "no", "folder"))); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}

// Nothing is written while nothing changes, the mode stays, and a file that cannot be
// written is told once and then written.
func TestStateFileWrites(t *testing.T) {
	t.Parallel()
	path := statePath(t)
	var failed []error
	if err := os.WriteFile(path, []byte(`{"pepaytest_state":1}`), 0o640); err != nil {
		t.Fatal(err)
	}
	bubble(t, func(t *testing.T, s *pepaytest.Server) {
		pass := func() { time.Sleep(time.Minute); synctest.Wait() } // simulated time
		pass()
		first, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			s.Advance(0) // a look at the state that changes nothing
			pass()
		}
		if now, err := os.Stat(path); err != nil || !os.SameFile(first, now) {
			t.Errorf("written although nothing changed (%v)", err)
		}
		// A folder is where the temporary file would be.
		if err := os.MkdirAll(filepath.Join(path+".tmp", "full"), 0o700); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			emit(s, pepay.EventInvoiceCreated)
			pass()
		}
		if len(failed) != 1 || !strings.Contains(failed[0].Error(), path) {
			t.Errorf("told %v, want one error", failed)
		}
		if err := os.RemoveAll(path + ".tmp"); err != nil {
			t.Fatal(err)
		}
		pass()
		content, err := os.ReadFile(path)
		if err != nil || strings.Count(string(content), `"type":"invoice.created"`) != 3 {
			t.Errorf("not written after that: %s, %v", content, err)
		}
	}, pepaytest.WithStateFile(path), pepaytest.WithStateErrors(func(err error) { failed = append(failed, err) }))
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}
