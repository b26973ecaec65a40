package main

import (
	"fmt"
)

// partialError is the error of a listing that printed something before.
type partialError struct {
	err   error
	count int
	noun  string
}

func (e *partialError) Error() string {
	return fmt.Sprintf("%v, after %d %s", e.err, e.count, e.noun)
}

func (e *partialError) Unwrap() error { return e.err }

// after says how many things were printed before err.
func after(err error, count int, noun string) error {
	if count == 0 {
		return err
	}
	return &partialError{err, count, noun}
}
