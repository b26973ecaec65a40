//go:build race

package webhook

// raceDetector makes sync.Pool drop what it holds, now and then.
const raceDetector = true
