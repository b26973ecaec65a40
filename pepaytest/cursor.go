package pepaytest

// begin finds the place in the log: after since, or at the end. It runs before the
// upgrade is answered, so that a client gets every event from its connection on.
func (st *stream) begin() {
	log := st.server.events
	st.place = log.end()
	if st.since == "" {
		return
	}
	if rec, place := log.get(st.since); rec != nil {
		st.place = place
		return
	}
	st.opening = st.snapshot(st.since)
}

// cursorLost goes on after events were dropped from the log before the stream read them.
func (st *stream) cursorLost() *streamEnd {
	since := st.lastID
	if since == "" {
		since = st.since
	}
	return st.queueFirst(st.snapshot(since))
}

// snapshot moves to the last events the stream wants. It returns what comes before
// them: nothing, a frame, or the end of the stream.
func (st *stream) snapshot(since string) *streamEnd {
	st.place = st.server.events.tail(snapshotSize, st.selection.wants)
	switch st.server.cfg.oldCursor {
	case OldCursorControl:
		return st.server.noticeFrame(truncatedReplay(since))
	case OldCursorError:
		return st.server.errorEnd(cursorTooOld(since))
	default:
		return nil
	}
}

// queueFirst queues a frame after which the stream goes on, and returns any other end.
func (st *stream) queueFirst(first *streamEnd) *streamEnd {
	if first == nil || first.how != endNot {
		return first
	}
	st.buf = appendText(st.buf, first.frame)
	return nil
}

// noticeFrame is a frame after which the stream goes on.
func (s *Server) noticeFrame(n Notice) *streamEnd {
	frame, err := s.encodeNotice(n)
	if err != nil {
		return &streamEnd{how: endClose, code: 1011, reason: "pepaytest: WithControlFrame returned what JSON cannot express"}
	}
	return &streamEnd{how: endNot, frame: frame}
}

// errorEnd is a ws_error frame and the close that follows it.
func (s *Server) errorEnd(n Notice) *streamEnd {
	end := s.noticeFrame(n)
	if end.how == endNot {
		end.how, end.code, end.reason = endClose, 1008, n.Code
	}
	return end
}
