package pepaytest

import (
	"testing"
	"testing/synctest"
)

// A wait that has begun ends when the server closes, also where no stream was open.
func TestWaitStreamsUntilClose(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := &streams{}
		waiting := make(chan error)
		go func() { waiting <- o.wait(t.Context(), 1) }()
		synctest.Wait()
		o.closeAll()
		if err := <-waiting; err == nil || err.Error() != "the server is closed" {
			t.Error(err)
		}
	})
}
