package terminal

import (
	"io"
	"os"
	"strconv"
)

// Width is how many columns the terminal has that w is, and 0 where w is no terminal or
// that is unknown. The variable COLUMNS wins where it is exported.
func Width(w io.Writer) int {
	file, ok := w.(*os.File)
	if !ok || !isConsole(file) {
		return 0
	}
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	return columns(file)
}
