package stream

import (
	"strconv"
	"time"
)

// State is what a stream is doing.
type State int

const (
	// StateIdle is a stream nobody ranges over yet.
	StateIdle State = iota
	// StateConnecting is taking a token and dialling.
	StateConnecting
	// StateReplaying is catching up with what happened since the cursor.
	StateReplaying
	// StateLive is following events as they happen.
	StateLive
	// StateWaiting is between connections.
	StateWaiting
	// StateClosed is over; ranging over Events again starts anew.
	StateClosed
)

// String is the state's name in lower case.
func (s State) String() string {
	names := []string{"idle", "connecting", "replaying", "live", "waiting", "closed"}
	if s < 0 || int(s) >= len(names) {
		return "State(" + strconv.Itoa(int(s)) + ")"
	}
	return names[s]
}

// Observer hears what a stream does. Its functions are called in order and never
// concurrently; while one runs, the stream waits. Each may be nil.
type Observer struct {
	// OnState hears of every change. The error is why the stream is waiting or
	// closed, nil otherwise.
	OnState func(State, error)
	// OnResume hears of every connection that continues after a cursor or an earlier
	// connection, once it is known what was replayed: when the first event arrives
	// that is no replay, or a second after the last one that is.
	OnResume func(Resume)
	// OnControl hears of ws_control frames, and of frames this version does not know.
	OnControl func(Control)
}

// Resume is how a stream continued.
type Resume struct {
	// Since is the event after which it continued, empty when none had come yet.
	Since string
	// Attempt counts the dials it took.
	Attempt int
	// Downtime is the time without a connection, 0 for a first connection.
	Downtime time.Duration
	// Replayed counts the missed events that Pepay replayed on the connection.
	Replayed int
	// Backfilled counts the missed events that only the Events API listed, or that it
	// listed before Pepay could replay them.
	Backfilled int
	// Duplicates counts events of the connection that were handled before and dropped.
	Duplicates int
	// Gap says that events may be missing nevertheless, for this Reason: the Events API
	// does not know Since any more, cannot be asked (no credential, or it failed for
	// 2 min), is not asked (BackfillOff, the payment stream), or lists an event that
	// cannot be told to belong to the stream or not.
	Gap    bool
	Reason string
}
