package stream

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// CursorStore keeps the id of the last handled event. Save is called after each
// handled event, by the goroutine that ranges over the stream, and its error
// ends the stream: a cursor that is not kept would lose or repeat events later.
type CursorStore interface {
	// Load returns the id, or "" when there is none yet.
	Load(ctx context.Context) (string, error)
	Save(ctx context.Context, eventID string) error
}

// FileCursor keeps the cursor in a file that only its owner may read. It writes
// another file and renames it, so that a crash leaves the old id or the new one.
// Two streams must not share a file.
func FileCursor(path string) CursorStore { return fileCursor(path) }

type fileCursor string

func (f fileCursor) Load(context.Context) (string, error) {
	content, err := os.ReadFile(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	id := strings.TrimSpace(string(content))
	if id == "" {
		// Starting from now would lose events without a word.
		return "", fmt.Errorf("%s is empty; remove it to start from now", string(f))
	}
	return id, nil
}

func (f fileCursor) Save(_ context.Context, eventID string) error {
	file, err := os.CreateTemp(filepath.Dir(string(f)), filepath.Base(string(f))+".*") // 0600
	if err != nil {
		return err
	}
	_, err = file.WriteString(eventID + "\n")
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), string(f))
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}
