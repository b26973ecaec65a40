package pepaytest

import "unicode/utf8"

// pendingFault is one that a connection has in store.
type pendingFault struct {
	*streamFault
	done bool
}

// due takes the first fault of these kinds that has its time now, when sent event
// frames are out.
func (st *stream) due(sent int64, kinds ...misdeed) *streamFault {
	for i := range st.faults {
		f := &st.faults[i]
		for _, kind := range kinds {
			if !f.done && f.misdeed == kind && int64(f.after) <= sent {
				f.done = true
				return f.streamFault
			}
		}
	}
	return nil
}

// dueEnding is the fault that ends the stream between two events.
func (st *stream) dueEnding() *ending {
	if len(st.faults) == 0 {
		return nil
	}
	f := st.due(st.sent.Load(), misdeedDrop, misdeedReset, misdeedSilent, misdeedClose, misdeedError)
	if f == nil {
		return nil
	}
	switch f.misdeed {
	case misdeedReset:
		return &ending{how: endReset}
	case misdeedSilent:
		return &ending{how: endSilent}
	case misdeedClose:
		return &ending{how: endClose, code: f.code}
	case misdeedError:
		return st.server.errorEnding(Notice{Object: "ws_error", Code: f.wsCode, Message: f.wsMsg})
	default:
		return &ending{how: endDrop}
	}
}

// deliver sends an event, or what a fault makes of it.
func (st *stream) deliver(rec *record) *ending {
	if len(st.faults) == 0 {
		return st.write(rec)
	}
	if end := st.deliverBadly(rec); end != nil || st.held == nil || st.held == rec {
		return end
	}
	late := st.held
	st.held = nil
	if st.overdue() { // the stream ends between the two
		return nil
	}
	return st.write(late)
}

// overdue says whether a fault is about to end the stream.
func (st *stream) overdue() bool {
	for i := range st.faults {
		if f := &st.faults[i]; !f.done && f.misdeed <= misdeedError && int64(f.after) <= st.sent.Load() {
			return true
		}
	}
	return false
}

func (st *stream) deliverBadly(rec *record) *ending {
	sent := st.sent.Load()
	f := st.due(sent, misdeedSkip, misdeedReorder, misdeedTruncate, misdeedCut, misdeedOversize)
	switch {
	case f == nil:
		twice := st.due(sent+1, misdeedDuplicate) != nil
		if end := st.write(rec); end != nil || !twice {
			return end
		}
		return st.write(rec)
	case f.misdeed == misdeedSkip:
		return nil
	case f.misdeed == misdeedReorder:
		st.held = rec
		return nil
	case f.misdeed == misdeedTruncate:
		return st.write(&record{event: rec.event, frame: firstHalf(rec.frame)})
	case f.misdeed == misdeedOversize:
		return st.writeOversized(rec, f.bytes)
	default:
		st.buf = appendHeader(st.buf, finalText, len(rec.frame))
		st.buf = append(st.buf, firstHalf(rec.frame)...)
		if st.flush() != nil {
			return &ending{how: endLeft}
		}
		return &ending{how: endDrop}
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

// writeOversized pads the event after its opening brace, so that a decoder has to
// read all of it to see a member.
func (st *stream) writeOversized(rec *record, size int) *ending {
	padding := size - len(rec.frame)
	if padding <= 0 {
		return st.write(rec)
	}
	st.buf = appendHeader(st.buf, finalText, size)
	st.buf = append(st.buf, rec.frame[0])
	for padding > 0 {
		chunk := min(padding, flushBytes)
		for range chunk {
			st.buf = append(st.buf, ' ')
		}
		if st.flush() != nil {
			return &ending{how: endLeft}
		}
		padding -= chunk
	}
	st.buf = append(st.buf, rec.frame[1:]...)
	st.lastID = rec.event.ID
	st.sent.Add(1)
	return nil
}
