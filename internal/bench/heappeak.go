package main

import (
	"runtime"
	"runtime/metrics"
	"time"
)

// heapPeak watches the heap, garbage included, until the function it returns is called;
// that returns by how many bytes the heap was above its begin at most.
func heapPeak() (stop func() uint64) {
	runtime.GC()
	runtime.GC()
	begin := heapNow()
	done, peak := make(chan struct{}), make(chan uint64)
	go func() {
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		most := begin
		for {
			most = max(most, heapNow())
			select {
			case <-done:
				peak <- max(most, heapNow())
				return
			case <-tick.C:
			}
		}
	}()
	return func() uint64 {
		close(done)
		return <-peak - begin
	}
}

// heapNow does not stop the program.
func heapNow() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
