package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// certificates are where Linux systems keep those that they trust: Debian and its kin,
// Fedora and its kin.
var certificates = []string{"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"}

// image lays out dist/image, which needs no code of the tree to become an image.
func image(out io.Writer, root string) error {
	dist := filepath.Join(root, "dist")
	meta, err := readMetadata(dist)
	if err != nil {
		return err
	}
	trusted, err := firstOf(certificates)
	if err != nil {
		return err
	}
	dockerfile, err := os.ReadFile(filepath.Join(root, "cmd", "pepay", "Dockerfile"))
	if err != nil {
		return err
	}
	files := map[string][]byte{"Dockerfile": dockerfile, "ca-certificates.crt": trusted}
	for _, p := range platforms() {
		if p.os != "linux" {
			continue
		}
		members, err := readArchive(filepath.Join(dist, p.archive(meta.Version)))
		if err != nil {
			return err
		}
		files[path.Join(p.os, p.arch, "pepay")] = members["pepay"].content
	}
	dir := filepath.Join(dist, "image")
	for name, content := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		mode := fs.FileMode(0o644)
		if path.Base(name) == "pepay" {
			mode = 0o755
		}
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, content, mode)); err != nil {
			return err
		}
	}
	fmt.Fprintln(out, "release: dist/image is ready for docker buildx build")
	return nil
}

func firstOf(files []string) ([]byte, error) {
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return content, err
		}
	}
	return nil, fmt.Errorf("none of %v is there; install ca-certificates", files)
}
