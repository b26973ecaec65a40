package inboxtest

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/inbox"
)

// Environment variables of a replica's process.
const (
	envReplica = "INBOX_REPLICA" // the database's URL
	envPoint   = "INBOX_POINT"   // where it stops and waits to be killed
)

const (
	pointWithin = "within the transaction"
	pointAfter  = "after the transaction"
)

// replica handles one event, and stops at a point.
func replica(ctx context.Context) error {
	db, err := sql.Open("pgx", os.Getenv(envReplica))
	if err != nil {
		return err
	}
	v, err := newVerifier()
	if err != nil {
		return err
	}
	stop := func(point string) {
		if os.Getenv(envPoint) == point {
			fmt.Println(point)
			select {}
		}
	}
	answer := deliver(ctx, inbox.Handler(v, db, inbox.Postgres, func(ctx context.Context, tx *sql.Tx, ev *pepay.Event) error {
		err := effect(ctx, tx, ev)
		stop(pointWithin)
		return err
	}), evt)
	stop(pointAfter)
	return fmt.Errorf("did not stop, but answered %d", answer)
}

// A replica is killed, and another one gets the event that nobody acknowledged.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: kills replicas")
	}
	t.Parallel()
	for _, point := range []string{pointWithin, pointAfter} {
		t.Run(point, func(t *testing.T) {
			t.Parallel()
			server := servers.Postgres(t)
			name := newDatabase(t, server)
			db := open(t, server.URL(name), nil)
			self, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), self)
			cmd.Env = append(os.Environ(), envReplica+"="+server.URL(name), envPoint+"="+point)
			cmd.Stderr = os.Stderr
			stdout, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			line, err := bufio.NewReader(stdout).ReadString('\n')
			if err != nil || strings.TrimSpace(line) != point {
				t.Errorf("the replica says %q, %v", line, err)
			}
			within := map[string]string{pointWithin: "0", pointAfter: "1"}[point]
			if seen := value(t, db, "SELECT count(*) FROM effects"); seen != within {
				t.Errorf("%s effects can be seen, want %s", seen, within)
			}
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			h := inbox.Handler(verifier(t), db, inbox.Postgres, effect)
			for answer := 503; answer != 200; { // until the server knows
				if answer = deliver(t.Context(), h, evt); answer != 200 && answer != 503 {
					t.Fatalf("answered %d", answer)
				}
			}
			wantOnce(t, db, 1)
		})
	}
}
