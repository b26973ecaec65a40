package terminal

import (
	"io"
	"os"
)

// Keys reads single keys that a person presses on a terminal.
type Keys struct {
	file    *os.File
	pressed chan byte
	reading bool
}

// NewKeys returns the keys of stdin, or nil where nobody sits there.
func NewKeys(stdin io.Reader) *Keys {
	if !Is(stdin) {
		return nil
	}
	file, _ := stdin.(*os.File)
	return &Keys{file: file, pressed: make(chan byte, 64)}
}

// Listen returns the keys that are pressed from now on until stop is called. Keys do
// not have to be followed by Enter where the system allows that. It returns nil where
// the process runs in the background of the terminal and may not read from it. It is
// not safe for concurrent use.
func (k *Keys) Listen() (pressed <-chan byte, stop func()) {
	if k == nil || !inForeground(k.file) {
		return nil, func() {}
	}
	for len(k.pressed) > 0 { // before this call
		<-k.pressed
	}
	restore := singleKeys(k.file)
	if !k.reading {
		k.reading = true
		go k.read()
	}
	return k.pressed, restore
}

// read goes on for as long as the process, because nothing ends a read from a terminal.
// A key that nobody takes is forgotten.
func (k *Keys) read() {
	for one := make([]byte, 1); ; {
		if n, err := k.file.Read(one); n == 0 || err != nil {
			return
		}
		select {
		case k.pressed <- one[0]:
		default:
		}
	}
}
