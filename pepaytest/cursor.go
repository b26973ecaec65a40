package pepaytest

// begin finds the place in the log: after since, or at the end. It runs before the
// upgrade is answered, so that what is emitted once a client is connected arrives.
func (st *stream) begin() {
	log := st.server.events
	st.position = log.end()
	if st.since == "" {
		return
	}
	if rec, position := log.get(st.since); rec != nil {
		st.position = position
		return
	}
	st.opening = st.snapshot(st.since)
}

// cursorLost is what a reader meets that the retention has passed.
func (st *stream) cursorLost() *streamEnd {
	since := st.lastID
	if since == "" {
		since = st.since
	}
	return st.meet(st.snapshot(since))
}

// snapshot moves to the last events the stream wants and says what comes before
// them: nothing, a frame, or the end.
func (st *stream) snapshot(since string) *streamEnd {
	st.position = st.server.events.tail(snapshotSize, st.selection.wants)
	switch st.server.cfg.oldCursor {
	case OldCursorControl:
		return st.server.noticeFrame(truncatedReplay(since))
	case OldCursorError:
		return st.server.errorEnd(cursorTooOld(since))
	default:
		return nil
	}
}

// meet queues a frame after which the stream goes on, or is where it ends.
func (st *stream) meet(first *streamEnd) *streamEnd {
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
		return &streamEnd{how: endClose, code: 1011, reason: "pepaytest: WithControlFrame returned what is no JSON"}
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
