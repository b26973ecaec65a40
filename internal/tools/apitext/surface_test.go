package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var repository = filepath.Join("..", "..", "..")

func TestFileIsCurrent(t *testing.T) {
	t.Parallel()
	want, err := surface(repository)
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(repository, filepath.FromSlash(file)))
	if err != nil {
		t.Fatal(err)
	}
	was, is := strings.Split(string(content), "\n"), strings.Split(want, "\n")
	for _, line := range was {
		if !slices.Contains(is, line) {
			t.Errorf("gone: %s", line)
		}
	}
	for _, line := range is {
		if !slices.Contains(was, line) {
			t.Errorf("new:  %s", line)
		}
	}
	if string(content) != want {
		t.Errorf("%s is stale: look at the difference, then `make api`", file)
	}
}

func TestSurface(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"go.mod":           "module example.com/sample\n\ngo 1.25.0\n",
		"cmd/tool/main.go": "package main\n\nfunc main() {}\n\ntype Tool struct{}\n",
		"internal/x/x.go":  "package x\n\ntype Hidden struct{}\n",
		"only_windows.go":  "package sample\n\nconst Windows = true\n",
		"sample_test.go":   "package sample\n\ntype InATest struct{}\n",
		"other/other.go":   "package other\n\ntype Thing int\n",
		"sample.go": `package sample

import "example.com/sample/other"

const (
	Answer  = 42
	Version = "1.2.3"
)

var Err error

type (
	Alias   = other.Thing
	Kind    string
	Pair[K comparable, V any] struct {
		Key    K
		secret V
		other.Thing
	}
	Doer interface {
		Do(x *Kind) (other.Thing, error)
		hidden()
	}
	unexported struct{ Field int }
)

func (p *Pair[K, V]) Value() V { return p.secret }
func (k Kind) String() string  { return string(k) }
func (k Kind) lower()          {}

func New[T ~int](first T, rest ...func(T) error) (*Pair[T, string], error) { return nil, nil }
`,
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := surface(dir)
	if err != nil {
		t.Fatal(err)
	}
	const want = header + `package other, type Thing int
package sample, const Answer untyped int = 42
package sample, const Version untyped string
package sample, func New[T ~int](first T, rest ...func(T) error) (*Pair[T, string], error)
package sample, method (*Pair[K, V]) Value() V
package sample, method (Kind) String() string
package sample, type Alias = other.Thing
package sample, type Doer interface
package sample, type Doer interface, Do(x *Kind) (other.Thing, error)
package sample, type Doer interface, closed
package sample, type Kind string
package sample, type Pair[K comparable, V any] struct
package sample, type Pair[K comparable, V any] struct, Key K
package sample, type Pair[K comparable, V any] struct, embedded other.Thing
package sample, var Err error
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
