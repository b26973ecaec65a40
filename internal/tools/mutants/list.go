package main

import (
	"path"
	"slices"
)

// all are the mutants: mistakes that somebody could make and that would cost an event, a
// payment or a secret. Each has the tests that notice it. A list of the package's name has
// those of a package.
func all() []mutant {
	return slices.Concat(wrapperMutants(), wstokenMutants(), webhookMutants(), inboxMutants(), streamMutants(), pepaytestMutants(), specgenMutants(), hostileMutants())
}

// of completes what all mutants of a package have in common.
func of(pkg string, mutants ...mutant) []mutant {
	for i, m := range mutants {
		mutants[i].name = path.Base(pkg) + ": " + m.name
		mutants[i].file = path.Join(pkg, m.file)
		mutants[i].pkg = pkg
	}
	return mutants
}
