package localdb

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
)

// lookup finds a program in the path or in one of the folders, which may be patterns;
// of several matches it takes the last, which has the highest version.
func lookup(program, debianPackage string, folders ...string) (string, error) {
	for _, folder := range folders {
		found, _ := filepath.Glob(filepath.Join(folder, program))
		slices.SortFunc(found, compareVersions)
		if len(found) > 0 {
			return found[len(found)-1], nil
		}
	}
	if path, err := exec.LookPath(program); err == nil {
		return path, nil
	}
	return "", &MissingError{Program: program, Package: debianPackage}
}

// compareVersions orders …/9/bin before …/15/bin.
func compareVersions(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return slices.Compare([]byte(a), []byte(b))
}

// runOnce runs a program to its end.
func runOnce(command []string, folder string) error {
	cmd, err := newCommand(command, folder)
	if err != nil {
		return err
	}
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w:\n%s", filepath.Base(command[0]), err, output)
	}
	return nil
}
