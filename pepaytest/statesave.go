package pepaytest

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"
	"time"
)

var errStateInUse = errors.New("another server has it; end that one or choose another file")

const (
	// The file is written at most so often, and takes at most a tenth of the time.
	stateInterval = time.Second
	stateDuty     = 10
	// How many entities are encoded before others get at the state again.
	stateChunk = 256
)

// stateSaver writes the state file.
type stateSaver struct {
	server  *Server
	file    *stateFile
	written [sha256.Size]byte // digest of what is in the file
	failing error

	changed chan struct{} // has an element when something changed since the last save
	stop    chan struct{}
	done    chan struct{}
}

// newStateSaver is nil for no file. It saves nothing before it is started.
func newStateSaver(s *Server, f *stateFile) *stateSaver {
	if f == nil {
		return nil
	}
	return &stateSaver{server: s, file: f, changed: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{})}
}

// start also saves what is there now.
func (v *stateSaver) start() {
	if v != nil {
		v.touch()
		go v.run()
	}
}

// touch says that something may have changed. It does not wait.
func (v *stateSaver) touch() {
	if v == nil {
		return
	}
	select {
	case v.changed <- struct{}{}:
	default:
	}
}

func (v *stateSaver) run() {
	defer close(v.done)
	for {
		select {
		case <-v.changed:
		case <-v.stop:
			return
		}
		began := time.Now()
		v.save()
		pause := time.NewTimer(max(stateInterval, stateDuty*time.Since(began)))
		select {
		case <-pause.C:
		case <-v.stop:
			pause.Stop()
			return
		}
	}
}

// close saves once more and gives the file back.
func (v *stateSaver) close() error {
	if v == nil {
		return nil
	}
	close(v.stop)
	<-v.done
	v.save()
	v.file.close()
	if v.failing != nil {
		return stateError(v.file.path, v.failing)
	}
	return nil
}

// save writes the file, if it would have another content.
func (v *stateSaver) save() {
	saved := v.server.snapshotState()
	digest := sha256.New()
	_ = saved.writeTo(digest)
	sum := [sha256.Size]byte(digest.Sum(nil))
	if sum == v.written {
		return
	}
	err := v.file.write(func(file *os.File) error {
		w := bufio.NewWriterSize(file, 1<<16)
		if err := saved.writeTo(w); err != nil {
			return err
		}
		return w.Flush()
	})
	if err == nil {
		v.written = sum
	} else {
		v.touch()
		if report := v.server.cfg.stateErrors; v.failing == nil && report != nil {
			report(stateError(v.file.path, err))
		}
	}
	v.failing = err
}

// savedState is what is written: one line for each entity and event.
type savedState struct {
	head   savedHead
	fields []savedField
	events []*record
}

// savedHead is all but the entities and the events.
type savedHead struct {
	Version  int           `json:"pepaytest_state"`
	Advanced time.Duration `json:"advanced_ns"`
	Tokens   int64         `json:"tokens"`   // minted so far
	Requests int64         `json:"requests"` // received so far
	Events   int64         `json:"events"`   // emitted so far
	Webhooks []savedHook   `json:"webhooks,omitempty"`
}

// savedField is a field of the entities: one value, or the lines of a store.
type savedField struct {
	name  string
	store savedStore
	lines [][]byte
}

// savedRaw is an event of EmitRaw, which may name no date itself.
type savedRaw struct {
	At    int64           `json:"raw_at"` // epoch seconds
	Frame json.RawMessage `json:"raw"`
}

// snapshotState takes everything as it is at one moment. The state is locked for a short
// time only, again and again.
func (s *Server) snapshotState() *savedState {
	saved := &savedState{}
	s.state.mu.Lock()
	saved.events, saved.head.Events = s.events.snapshot()
	saved.head.Version, saved.head.Advanced = stateVersion, time.Duration(s.advanced.Load())
	saved.head.Tokens, saved.head.Requests = s.minted.Load(), s.log.total()
	saved.head.Webhooks = s.webhooks.saved()
	for name, field := range s.state.saved() {
		f := savedField{name: name}
		if store, ok := field.Interface().(savedStore); ok {
			f.store = store
			store.beginSnapshot()
		} else {
			f.lines = [][]byte{encode(field.Interface())}
		}
		saved.fields = append(saved.fields, f)
	}
	s.state.mu.Unlock()
	for i := range saved.fields {
		f := &saved.fields[i]
		for more := f.store != nil; more; {
			var lines [][]byte
			s.state.mu.Lock()
			lines, more = f.store.encodeSome(stateChunk)
			s.state.mu.Unlock()
			f.lines = append(f.lines, lines...)
		}
	}
	return saved
}

// saved visits the fields that the state file has, by their names in it.
func (e *entities) saved() func(yield func(string, reflect.Value) bool) {
	return func(yield func(string, reflect.Value) bool) {
		v := reflect.ValueOf(e).Elem()
		for i := range v.NumField() {
			f := v.Type().Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if f.IsExported() && !yield(name, v.Field(i)) {
				return
			}
		}
	}
}

// writeTo writes the state as one JSON object.
func (s *savedState) writeTo(w io.Writer) error {
	var err error
	write := func(parts ...[]byte) {
		for _, part := range parts {
			if err == nil {
				_, err = w.Write(part)
			}
		}
	}
	list := func(n int, line func(int) []byte) {
		write([]byte("["))
		for i := range n {
			if i > 0 {
				write([]byte(","))
			}
			write([]byte("\n"), line(i))
		}
		write([]byte("]"))
	}
	head := encode(s.head)
	write(bytes.TrimSuffix(head, []byte("}")), []byte(",\n\"state\":{"))
	for i, f := range s.fields {
		if i > 0 {
			write([]byte(","))
		}
		write([]byte("\n"), encode(f.name), []byte(":"))
		if f.store == nil {
			write(f.lines[0])
			continue
		}
		list(len(f.lines), func(i int) []byte { return f.lines[i] })
	}
	write([]byte("},\n\"log\":"))
	list(len(s.events), func(i int) []byte {
		if ev := s.events[i]; ev.raw {
			return fmt.Appendf(nil, `{"raw_at":%d,"raw":%s}`, ev.event.Created, ev.frame) // byte for byte
		}
		return s.events[i].frame
	})
	write([]byte("}\n"))
	return err
}
