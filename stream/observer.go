package stream

import (
	"strconv"
	"time"
)

// State is what a stream is doing.
type State int

const (
	// StateIdle means that nothing has ranged over Events yet.
	StateIdle State = iota
	// StateConnecting means that a token is taken and the stream is dialled.
	StateConnecting
	// StateReplaying means that the stream catches up with what happened since the
	// cursor.
	StateReplaying
	// StateLive means that events come as they happen.
	StateLive
	// StateWaiting means that the stream waits before it dials again.
	StateWaiting
	// StateClosed means that Events has ended. Ranging over it again starts the stream
	// again, from the cursor.
	StateClosed
	// StateStandby means that another stream of the group has the lease, or that the
	// lease cannot be asked for.
	StateStandby
)

// String is the state's name in lower case.
func (s State) String() string {
	names := []string{"idle", "connecting", "replaying", "live", "waiting", "closed", "standby"}
	if s < 0 || int(s) >= len(names) {
		return "State(" + strconv.Itoa(int(s)) + ")"
	}
	return names[s]
}

// Observer is told what a stream does. Its functions are called in order and never
// concurrently, not always on the goroutine that ranges; while one runs, the stream
// waits. Each may be nil. If one panics, the connection is closed and the panic
// comes up again in the loop over Events.
type Observer struct {
	// OnState is called with every change of the state. The error is why the stream is
	// waiting or closed, nil otherwise. An answer of Pepay's is a *wrapper.Error in it,
	// with the whole RetryAfter.
	OnState func(State, error)
	// OnWait is called after OnState was told that the stream is waiting, with how long
	// that is.
	OnWait func(Wait)
	// OnResume is called for every connection that continues after a cursor or an
	// earlier connection, once it is known what was replayed: when the first event
	// arrives that is no replay, or a second after the last one that is. It is called
	// once more for a connection where a frame that cannot be read had to be skipped.
	OnResume func(Resume)
	// OnControl is called with ws_control frames, and with frames that this version
	// does not know.
	OnControl func(Control)
	// OnHandled is called after each handled event, once its cursor is saved.
	OnHandled func(Handled)
	// OnLease is called when the stream gets the lease, when it has it no longer, and
	// when it begins to fail to ask for it.
	OnLease func(LeaseState)
}

// Handled is an event that was handled.
type Handled struct {
	EventID, Type string
	// Lag is how old the event was, by Pepay's clock, when the loop got it. It is up to a
	// second off, as Pepay's times are whole seconds, and never negative. 0 when it is
	// not known when the event was created.
	Lag time.Duration
	// Took is how long the loop had it.
	Took time.Duration
}

// LeaseState is whether a stream has its group's lease.
type LeaseState struct {
	Held bool
	// Holder is the name of this stream among the holders: host, process and a random
	// text.
	Holder string
	// Fence is the number of the term that began or ended.
	Fence int64
	// Err is why the term ended, or why the lease cannot be asked for. It is nil when
	// the stream gets the lease and when it gives it back itself.
	Err error
}

// Wait is a pause before the stream dials again.
type Wait struct {
	// Attempt is the number of the dial that follows, from 1 since the stream was
	// connected last.
	Attempt int
	// Delay is how long the pause is. [Stream.Wake] may end it earlier.
	Delay time.Duration
	// Err is why the stream waits, as OnState has it.
	Err error
}

// Resume is what happened when a stream continued.
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
