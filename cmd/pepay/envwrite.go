package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

// envMark is the first line of a file that --write-env wrote, and may write again.
const envMark = "# Written by 'pepay mock --write-env': a simulator, no real money.\n"

// checkWriteEnv refuses to replace a file that somebody else wrote: it may hold real keys.
func checkWriteEnv(name string) error {
	content, err := os.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return usagef("--write-env: %v", withoutPath(err))
	case !bytes.HasPrefix(content, []byte(envMark)):
		return usagef("--write-env: there is a file that 'pepay mock' did not write, and it stays; choose another name")
	}
	return nil
}

// writeEnv writes where the simulator is and its keys, for --env-file. The file is there
// as a whole or not at all.
func writeEnv(name string, server *pepaytest.Server) error {
	file, err := os.CreateTemp(filepath.Dir(name), ".pepay-env-") // with mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(file.Name()) }()
	_, err = fmt.Fprintf(file, "%s%s=%s\n%s=%s\n%s=%s\n%s=%s\n", envMark, apiURLVariable, server.URL(), apiKeyVariable, server.APIKey(),
		commerceAPIKeyVariable, server.CommerceAPIKey(), bearerVariable, server.BearerToken())
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return os.Rename(file.Name(), name)
}
