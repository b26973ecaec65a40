package stream

import "context"

// CursorStore keeps the id of the last handled event. Save is called after each
// handled event, by the goroutine that ranges over the stream, and its error
// ends the stream: a cursor that is not kept would lose or repeat events later.
//
// A store may also have a method
//
//	Recent(ctx context.Context, n int) ([]string, error)
//
// that returns up to n ids of events handled before, the oldest first and the
// cursor last. A stream that begins with them notices, after a restart too, which
// of the events around the cursor went through and which one arrived late. Without
// it, a stream that starts again looks for events after the cursor only. Where the
// ids are out of date, so that the cursor is not among them, the events between the
// newest of them and the cursor count as handled.
//
// The cursor does not move to an event that arrived late, as it is older, and Save
// is not called for it. A store with Recent may have a method that is:
//
//	AddRecent(ctx context.Context, eventID string) error
//
// Without it, such an event may come again after a restart.
type CursorStore interface {
	// Load returns the id, or "" when there is none yet.
	Load(ctx context.Context) (string, error)
	Save(ctx context.Context, eventID string) error
}

// FileCursor keeps the cursor in a file that only its owner may read. It is made
// with the first event and written in place from then on, one write per event, so
// that the file may be a symbolic link, a file that is mounted into a container, or
// lie in a directory that cannot be written. Load fails where Save could not work.
// An id that stands alone in the file, put there by a person, is a cursor too.
//
// After a kill -9, at most the event in hand comes again. After a power failure,
// those come again whose ids the system had not written yet. Neither loses an
// event.
//
// The ids handled last are kept beside it, in path + ".recent", at most 100 ms
// late. That file is a help and not needed: where it cannot be written, or is out
// of date, an event that arrived late may be missed or repeated after a restart.
//
// A FileCursor is safe for concurrent use. Two streams must not share a file.
func FileCursor(path string) CursorStore { return &fileCursor{path: path} }
