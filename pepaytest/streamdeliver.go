package pepaytest

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// pendingFault is a fault that a connection meets, later or already.
type pendingFault struct {
	*streamFault
	done bool
}

// lateEvent is held back until the stream has sent so many event frames.
type lateEvent struct {
	record *record
	due    int64
}

// due takes the first fault of these kinds whose time has come, when sent event frames
// have been sent.
func (st *stream) due(sent int64, kinds ...streamFaultKind) *streamFault {
	for i := range st.faults {
		f := &st.faults[i]
		for _, kind := range kinds {
			if !f.done && f.kind == kind && int64(f.after) <= sent {
				f.done = true
				return f.streamFault
			}
		}
	}
	return nil
}

// betweenEvents carries out the faults that happen between two events: it
// queues further frames, and returns how the stream ends if it does.
func (st *stream) betweenEvents() *streamEnd {
	if len(st.faults) == 0 {
		return nil
	}
	for f := st.due(st.sent.Load(), faultText, faultBinary); f != nil; f = st.due(st.sent.Load(), faultText, faultBinary) {
		kind := byte(finalText)
		if f.kind == faultBinary {
			kind = finalBinary
		}
		st.buf = append(appendHeader(st.buf, kind, len(f.payload)), f.payload...)
	}
	f := st.due(st.sent.Load(), faultDrop, faultReset, faultSilent, faultClose, faultError)
	if f == nil {
		return nil
	}
	switch f.kind {
	case faultReset:
		return &streamEnd{how: endReset}
	case faultSilent:
		return &streamEnd{how: endSilent}
	case faultClose:
		return &streamEnd{how: endClose, code: f.code, reason: f.reason}
	case faultError:
		return st.server.errorEnd(Notice{Object: "ws_error", Code: f.wsCode, Message: f.wsMsg})
	default:
		return &streamEnd{how: endDrop}
	}
}

// deliver sends an event, or what a fault makes of it, and then the late events that
// were waiting for it.
func (st *stream) deliver(rec *record) *streamEnd {
	if len(st.faults) == 0 {
		return st.write(rec)
	}
	if end := st.deliverWithFaults(rec); end != nil {
		return end
	}
	return st.deliverLate()
}

// deliverLate sends the events whose time of being late is over, unless the stream is
// about to end.
func (st *stream) deliverLate() *streamEnd {
	for i := 0; i < len(st.late) && !st.endsNow(); {
		if st.late[i].due > st.sent.Load() {
			i++
			continue
		}
		rec := st.late[i].record
		st.late = slices.Delete(st.late, i, i+1)
		if end := st.write(rec); end != nil {
			return end
		}
	}
	return nil
}

// endsNow says whether a fault is about to end the stream.
func (st *stream) endsNow() bool {
	for i := range st.faults {
		if f := &st.faults[i]; !f.done && f.kind <= faultError && int64(f.after) <= st.sent.Load() {
			return true
		}
	}
	return false
}

func (st *stream) deliverWithFaults(rec *record) *streamEnd {
	sent := st.sent.Load()
	f := st.due(sent, faultSkip, faultLate, faultTruncate, faultCut, faultOversize, faultOddField, faultSlow)
	if f == nil {
		twice := st.due(sent+1, faultDuplicate) != nil
		if end := st.write(rec); end != nil || !twice {
			return end
		}
		return st.write(rec)
	}
	switch f.kind {
	case faultSkip:
		return nil
	case faultLate:
		st.late = append(st.late, lateEvent{rec, sent + int64(f.by)})
		return nil
	case faultTruncate:
		return st.write(&record{event: rec.event, frame: firstHalf(rec.frame)})
	case faultOversize:
		return st.writeOversized(rec, f.bytes)
	case faultOddField:
		return st.write(&record{event: rec.event, frame: withField(rec.frame, strings.Split(f.field, "."), f.value)})
	case faultSlow:
		return st.writeSlowly(rec, f.over)
	default:
		st.buf = appendHeader(st.buf, finalText, len(rec.frame))
		st.buf = append(st.buf, firstHalf(rec.frame)...)
		if st.flush() != nil {
			return &streamEnd{how: endLeft}
		}
		return &streamEnd{how: endDrop}
	}
}

// firstHalf never cuts a character: the text stays valid UTF-8, as a frame's has to.
func firstHalf(frame []byte) []byte {
	n := len(frame) / 2
	for n > 0 && !utf8.RuneStart(frame[n]) {
		n--
	}
	return frame[:n]
}

// withField sets a member of a JSON object, or removes it where value is empty. What
// is not an object on the way becomes one.
func withField(object []byte, path []string, value json.RawMessage) []byte {
	members := map[string]json.RawMessage{}
	if err := json.Unmarshal(object, &members); err != nil || members == nil {
		members = map[string]json.RawMessage{}
	}
	switch name := path[0]; {
	case len(path) > 1:
		members[name] = withField(members[name], path[1:], value)
	case len(value) == 0:
		delete(members, name)
	default:
		members[name] = value
	}
	return encode(members)
}

// writeOversized pads the event after its opening brace, so that a decoder has to
// read all of it to see a member.
func (st *stream) writeOversized(rec *record, size int) *streamEnd {
	padding := size - len(rec.frame)
	if padding <= 0 {
		return st.write(rec)
	}
	st.buf = appendHeader(st.buf, finalText, size)
	st.buf = append(st.buf, rec.frame[0])
	for padding > 0 {
		chunk := min(padding, flushBytes)
		st.buf = append(st.buf, bytes.Repeat([]byte(" "), chunk)...)
		if st.flush() != nil {
			return &streamEnd{how: endLeft}
		}
		padding -= chunk
	}
	st.buf = append(st.buf, rec.frame[1:]...)
	st.countEvent(rec)
	return nil
}

// slowParts is in how many parts a slow frame is sent.
const slowParts = 20

// writeSlowly sends an event in parts. Nothing else may come between them, so that
// pings are answered after the frame. A stream that is to end meanwhile breaks off.
func (st *stream) writeSlowly(rec *record, over time.Duration) *streamEnd {
	if st.flush() != nil {
		return &streamEnd{how: endLeft}
	}
	rest := appendText(nil, rec.frame)
	size := len(rest)/slowParts + 1
	st.wire.hold()
	defer st.wire.release()
	for len(rest) > 0 {
		part := rest[:min(size, len(rest))]
		rest = rest[len(part):]
		if st.wire.send(part) != nil {
			return &streamEnd{how: endLeft}
		}
		timer := time.NewTimer(over / slowParts)
		select {
		case <-timer.C:
		case <-st.gone:
			timer.Stop()
			return &streamEnd{how: endLeft}
		case <-st.done:
			timer.Stop()
			return &streamEnd{how: endDrop}
		}
	}
	st.countEvent(rec)
	return nil
}

func (st *stream) countEvent(rec *record) {
	st.lastID = rec.event.ID
	st.sent.Add(1)
}
