package console

import (
	"embed"
	"errors"
	"io/fs"

	dashboard "github.com/pepaylabs/pepay-go/examples/dashboard/static"
)

//go:embed static/*.html static/*.css static/*.js
var embedded embed.FS

// both are two sets of files as one: what the first does not have is the second's.
type both struct{ first, second fs.FS }

// Open opens a file of the first set, else of the second.
func (b both) Open(name string) (fs.File, error) {
	f, err := b.first.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return b.second.Open(name)
	}
	return f, err
}

// pageFiles are the console's own files and, beside them, the dashboard's: both pages share modules and style.
func pageFiles() fs.FS {
	own, err := fs.Sub(embedded, "static")
	if err != nil {
		panic(err) // the name is a constant
	}
	return both{own, dashboard.Files()}
}
