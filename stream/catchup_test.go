package stream

import (
	"testing"
	"time"
)

// A connection that ends before it has caught up was never live.
func TestInterruptedCatchUpIsNotLive(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*catchUp){
		"connection lost": (*catchUp).stop,
		"caught up":       (*catchUp).tell,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var states []State
			var resumes []Resume
			s := newStream(nil, merchantKind, Options{Observer: Observer{
				OnState:  func(state State, _ error) { states = append(states, state) },
				OnResume: func(r Resume) { resumes = append(resumes, r) },
			}})
			c := &catchUp{stream: s, resume: Resume{Replayed: 3}, quiet: time.AfterFunc(time.Hour, func() {})}
			end(c)
			c.stop()
			if live := len(states) == 1 && states[0] == StateLive; live != (name == "caught up") || len(states) > 1 {
				t.Errorf("states %v", states)
			}
			if len(resumes) != 1 || resumes[0].Replayed != 3 {
				t.Errorf("resumes %+v", resumes)
			}
		})
	}
}
