// Package static holds the page of the example, for the command line's demo, which
// shows the same one. The example itself embeds the files where it needs them.
package static

import (
	"embed"
	"io/fs"
)

//go:embed *.html *.css *.js *.svg
var files embed.FS

// Files are the page and what it loads.
func Files() fs.FS { return files }
