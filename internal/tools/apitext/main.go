// Command apitext writes docs/api.txt: the exported surface of the module's
// public packages, one line for each thing a program can use. A change of it
// shows in review as a change of lines. A test fails when the file is stale;
// `make api` rewrites it.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	root := flag.String("root", ".", "top directory of the repository")
	flag.Parse()
	text, err := surface(*root)
	if err == nil {
		err = os.WriteFile(filepath.Join(*root, filepath.FromSlash(file)), []byte(text), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "apitext:", err)
		os.Exit(1)
	}
}
