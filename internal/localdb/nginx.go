package localdb

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"syscall"
)

// Nginx is an nginx.
type Nginx struct{ *Server }

// StartNginx starts an nginx. The function returns what stands in the http block; it
// gets the address to listen on:
//
//	func(addr string) string {
//		return "server { listen " + addr + "; location / { proxy_pass http://127.0.0.1:8080; } }"
//	}
func StartNginx(ctx context.Context, http func(addr string) string) (*Nginx, error) {
	nginx, err := lookup("nginx", "nginx-light", "/usr/sbin")
	if err != nil {
		return nil, err
	}
	folder, err := newFolder("nginx")
	if err != nil {
		return nil, err
	}
	server, err := startOnFreePort(ctx, "nginx", folder, func(host, port string) (spec, error) {
		addr := net.JoinHostPort(host, port)
		file := filepath.Join(folder, "nginx.conf")
		return spec{
			command: []string{nginx, "-p", folder, "-e", "stderr", "-c", file},
			stop:    syscall.SIGTERM,
			ready:   func(ctx context.Context, _ int) bool { return accepts(ctx, addr) },
		}, os.WriteFile(file, []byte(nginxHead+http(addr)+"\n}\n"), 0o644)
	})
	if err != nil {
		return nil, err
	}
	return &Nginx{server}, nil
}

// nginxHead keeps every file in the folder.
const nginxHead = `daemon off;
pid nginx.pid;
error_log stderr warn;
worker_processes 2;
events { worker_connections 1024; }
http {
access_log off;
client_body_temp_path client_body;
proxy_temp_path proxy;
fastcgi_temp_path fastcgi;
uwsgi_temp_path uwsgi;
scgi_temp_path scgi;
`

// URL is the base URL, without a slash at the end.
func (n *Nginx) URL() string { return "http://" + n.Addr() }
