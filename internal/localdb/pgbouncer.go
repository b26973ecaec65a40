package localdb

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// PgBouncer is a pool of connections in front of a PostgreSQL server, in transaction
// mode: two statements outside of a transaction may reach two different connections.
// It serves all databases of the server, to every user name.
type PgBouncer struct{ *Server }

var pgbouncerDefaults = map[string]string{
	"pool_mode":                 "transaction",
	"auth_type":                 "any",
	"max_client_conn":           "500",
	"default_pool_size":         "4",
	"server_round_robin":        "1", // so that two statements rarely meet the same connection
	"server_login_retry":        "1", // 15 s by default
	"ignore_startup_parameters": "extra_float_digits",
}

// StartPgBouncer starts a PgBouncer in front of the server that listens on an address,
// which may be that of a [Proxy]. The settings are those of pgbouncer.ini. It has four
// connections for each database by default.
func StartPgBouncer(ctx context.Context, target string, settings map[string]string) (*PgBouncer, error) {
	pgbouncer, err := lookup("pgbouncer", "pgbouncer", "/usr/sbin")
	if err != nil {
		return nil, err
	}
	targetHost, targetPort, err := net.SplitHostPort(target)
	if err != nil {
		return nil, fmt.Errorf("localdb: pgbouncer: the target: %w", err)
	}
	folder, err := newFolder("pgbouncer")
	if err != nil {
		return nil, err
	}
	server, err := startOnFreePort(ctx, "pgbouncer", folder, func(host, port string) (spec, error) {
		all := merged(pgbouncerDefaults, settings)
		all["listen_addr"], all["listen_port"], all["unix_socket_dir"] = host, port, ""
		var text strings.Builder
		fmt.Fprintf(&text, "[databases]\n* = host=%s port=%s user=postgres\n[pgbouncer]\n", targetHost, targetPort)
		for name, value := range all {
			fmt.Fprintf(&text, "%s = %s\n", name, value)
		}
		file := filepath.Join(folder, "pgbouncer.ini")
		return spec{
			command: []string{pgbouncer, file},
			stop:    syscall.SIGTERM, // at once: SIGINT waits for the clients
			ready:   func(ctx context.Context, _ int) bool { return accepts(ctx, net.JoinHostPort(host, port)) },
		}, os.WriteFile(file, []byte(text.String()), 0o644)
	})
	if err != nil {
		return nil, err
	}
	return &PgBouncer{server}, nil
}

// URL is the connection string of a database.
func (p *PgBouncer) URL(database string) string { return databaseURL(p.Addr(), database) }
