package main

import (
	"path/filepath"
	"testing"
)

// The other tests have their tools built; this one runs what the command runs.
func TestRepositoryTools(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs(repository)
	if err != nil {
		t.Fatal(err)
	}
	d := repositoryTools().compare(t.Context(), root, filepath.Join(root, publishedFile), filepath.Join(root, effectiveFile))
	if d.Error != "" || len(d.Changes) == 0 {
		t.Errorf("got %+v", d)
	}
}
