package pepaytest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"time"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// stateVersion is raised when an older server would misread the file. A new field needs
// no new version: an older server refuses a field that it does not know.
const stateVersion = 1

// loadedState is a state file that was read.
type loadedState struct {
	savedHead
	State map[string]json.RawMessage `json:"state"`
	Log   []json.RawMessage          `json:"log"`
}

// parseState reads a state file, and says where it is broken.
func parseState(content []byte) (*loadedState, error) {
	var version struct {
		Version *int `json:"pepaytest_state"`
	}
	if err := json.Unmarshal(content, &version); err != nil {
		return nil, atPlace(content, err)
	}
	switch {
	case version.Version == nil:
		return nil, errors.New(`it has no "pepaytest_state": it is no state file of the simulator`)
	case *version.Version > stateVersion:
		return nil, fmt.Errorf("a newer version of the simulator wrote it (format %d, this one reads up to %d); update, or choose another file", *version.Version, stateVersion)
	case *version.Version < 1:
		return nil, fmt.Errorf("there is no format %d", *version.Version)
	}
	loaded := &loadedState{}
	if err := decodeStrictly(content, loaded); err != nil {
		return nil, atPlace(content, err)
	}
	return loaded, nil
}

// decodeStrictly refuses what it does not know: it would be lost with the next save.
func decodeStrictly(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

// atPlace adds line and column to an error that has an offset.
func atPlace(content []byte, err error) error {
	var syntax *json.SyntaxError
	var mistyped *json.UnmarshalTypeError
	offset := int64(-1)
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &mistyped):
		offset = mistyped.Offset
		err = fmt.Errorf("%s is a %s", orElse(mistyped.Field, "the whole"), mistyped.Value)
	case errors.Is(err, io.ErrUnexpectedEOF):
		offset = int64(len(content))
	}
	if offset < 0 || offset > int64(len(content)) {
		return fmt.Errorf("it is broken: %w", err)
	}
	before := content[:offset]
	line := bytes.Count(before, []byte("\n")) + 1
	column := len(before) - bytes.LastIndexByte(before, '\n') - 1
	return fmt.Errorf("it is broken at line %d, column %d: %w", line, max(column, 1), err)
}

// load brings a state file into a state that is empty.
func (t *tx) load(l *loadedState) error {
	known := map[string]bool{}
	for name, field := range t.saved() {
		known[name] = true
		raw, ok := l.State[name]
		if !ok {
			continue
		}
		if err := loadField(field, raw); err != nil {
			return fmt.Errorf("it is broken in state.%s: %w", name, err)
		}
	}
	for name := range l.State {
		if !known[name] {
			return fmt.Errorf("it is broken: nothing is known about state.%s", name)
		}
	}
	for i, frame := range l.Log {
		rec, err := t.loadEvent(frame)
		if err != nil {
			return fmt.Errorf("it is broken in log: entry %d: %w", i+1, err)
		}
		t.past.add(func(int64) *record { return rec })
	}
	t.past.seq = max(l.Events, int64(len(l.Log)))
	s := t.server
	s.minted.Store(l.Tokens)
	s.log.goOnAfter(l.Requests)
	t.rebuild()
	return nil
}

func loadField(field reflect.Value, raw json.RawMessage) error {
	decode := func(data []byte, into any) error {
		err := decodeStrictly(data, into)
		var mistyped *json.UnmarshalTypeError
		if errors.As(err, &mistyped) {
			err = fmt.Errorf("%s is a %s", orElse(mistyped.Field, "the whole"), mistyped.Value)
		}
		return err
	}
	if store, ok := field.Interface().(savedStore); ok {
		return store.load(raw, decode)
	}
	return decode(raw, field.Addr().Interface())
}

// loadEvent makes the record of an event again from what streams have sent, and from the
// entities, which are there already.
func (t *tx) loadEvent(frame json.RawMessage) (*record, error) {
	if !isObject(frame) {
		return nil, errors.New("it is no object")
	}
	var raw savedRaw
	if decodeStrictly(frame, &raw) == nil && isObject(raw.Frame) {
		return newRawRecord(raw.Frame, time.Unix(raw.At, 0)), nil
	}
	var ev server.Event
	if err := json.Unmarshal(frame, &ev); err != nil {
		return nil, err
	}
	if ev.ID == "" || ev.Type == "" || ev.APIVersion == nil || ev.Livemode == nil || ev.PendingWebhooks == nil || !isObject(ev.Data.Object) {
		return nil, errors.New("it is no complete event")
	}
	return &record{event: ev, frame: bytes.Clone(frame), subject: t.subject(ev.Data.Object)}, nil
}
