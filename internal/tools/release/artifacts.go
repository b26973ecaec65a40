package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// metadata is what goreleaser says about its run.
type metadata struct {
	Tag, Version, Commit string
}

func readMetadata(dist string) (metadata, error) {
	var m metadata
	text, err := os.ReadFile(filepath.Join(dist, "metadata.json"))
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("metadata.json: %w", err)
	}
	if m.Version == "" || m.Commit == "" {
		return m, errors.New("metadata.json lacks the version or the commit")
	}
	return m, nil
}

// platform is one that the command is built for.
type platform struct{ os, arch string }

func platforms() []platform {
	var all []platform
	for _, system := range []string{"darwin", "linux", "windows"} {
		for _, arch := range []string{"amd64", "arm64"} {
			all = append(all, platform{system, arch})
		}
	}
	return all
}

func (p platform) String() string { return p.os + "/" + p.arch }

func (p platform) archive(version string) string {
	name := "pepay_" + version + "_" + p.os + "_" + p.arch
	if p.os == "windows" {
		return name + ".zip"
	}
	return name + ".tar.gz"
}

func (p platform) binary() string {
	if p.os == "windows" {
		return "pepay.exe"
	}
	return "pepay"
}

// member is a file of an archive.
type member struct {
	mode    fs.FileMode
	content []byte
}

func readArchive(name string) (map[string]member, error) {
	content, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	members := map[string]member{}
	add := func(name string, mode fs.FileMode, r io.Reader) error {
		content, err := io.ReadAll(r)
		members[name] = member{mode, content}
		return err
	}
	if filepath.Ext(name) == ".zip" {
		reader, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			return nil, err
		}
		for _, f := range reader.File {
			r, err := f.Open()
			if err != nil {
				return nil, err
			}
			err = errors.Join(add(f.Name, f.Mode(), r), r.Close())
			if err != nil {
				return nil, err
			}
		}
		return members, nil
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	for reader := tar.NewReader(unzipped); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return members, nil
		}
		if err != nil {
			return nil, err
		}
		if err := add(header.Name, header.FileInfo().Mode(), reader); err != nil {
			return nil, err
		}
	}
}
