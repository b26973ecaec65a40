package localdb

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// Postgres is a PostgreSQL server with an empty database "postgres" and a user
// "postgres" who needs no password.
type Postgres struct{ *Server }

// postgresDefaults make tests fast. A commit still reaches the operating system
// before the client is told, so that it survives Kill.
var postgresDefaults = map[string]string{
	"fsync":                      "off",
	"full_page_writes":           "off",
	"max_connections":            "300", // each test may have a database, and a pool, of its own
	"shared_buffers":             "16MB",
	"dynamic_shared_memory_type": "mmap", // in the folder, so that nothing is left of it
	"log_timezone":               "UTC",
	"timezone":                   "UTC",
}

// StartPostgres makes a new server and starts it. The settings are those of
// postgresql.conf. By default, PostgreSQL does not wait for the disk: for figures about
// durable commits, set fsync and full_page_writes to on. The end of ctx ends only the
// start.
func StartPostgres(ctx context.Context, settings map[string]string) (*Postgres, error) {
	postgres, err := lookup("postgres", "postgresql", "/usr/lib/postgresql/*/bin")
	if err != nil {
		return nil, err
	}
	folder, err := newFolder("postgres")
	if err != nil {
		return nil, err
	}
	data := filepath.Join(folder, "data")
	initdb := filepath.Join(filepath.Dir(postgres), "initdb")
	err = runOnce([]string{
		initdb, "--locale=C", "-E", "UTF8", "-A", "trust", "-U", "postgres", "--no-sync", "--no-instructions", "-D", data,
	}, folder)
	if err != nil {
		_ = os.RemoveAll(folder)
		return nil, fmt.Errorf("localdb: %w", err)
	}
	server, err := startOnFreePort(ctx, "postgres", folder, func(host, port string) (spec, error) {
		all := merged(postgresDefaults, settings)
		all["listen_addresses"], all["port"], all["unix_socket_directories"] = host, port, folder
		command := []string{postgres, "-D", data}
		for name, value := range all {
			command = append(command, "-c", name+"="+value)
		}
		return spec{
			command: command,
			stop:    syscall.SIGINT,
			workdir: data, // each process is in a process group of its own
			ready:   func(_ context.Context, pid int) bool { return isReady(filepath.Join(data, "postmaster.pid"), pid) },
		}, nil
	})
	if err != nil {
		return nil, err
	}
	return &Postgres{server}, nil
}

// isReady reads what pg_ctl reads: the first line has the process, the eighth its state.
func isReady(file string, pid int) bool {
	text, err := os.ReadFile(file)
	if err != nil {
		return false
	}
	lines := strings.Split(string(text), "\n")
	return len(lines) >= 8 && lines[0] == strconv.Itoa(pid) && strings.TrimSpace(lines[7]) == "ready"
}

// URL is the connection string of a database.
func (p *Postgres) URL(database string) string { return databaseURL(p.Addr(), database) }

func databaseURL(addr, database string) string {
	return "postgres://postgres@" + addr + "/" + database + "?sslmode=disable"
}

// SocketURL is the connection string of a database through the server's Unix socket.
func (p *Postgres) SocketURL(database string) string {
	_, port, _ := net.SplitHostPort(p.Addr())
	return "postgres:///" + database + "?user=postgres&host=" + p.Folder() + "&port=" + port
}
