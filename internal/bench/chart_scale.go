package main

import "math"

// scale maps the figures of an axis to places between two ends.
type scale struct {
	log         bool
	low, high   float64 // figures
	start, stop float64 // places
	ticks       []float64
}

// mostTicks is how many ticks a y axis has at most.
const mostTicks = 7

// newScale covers the figures, from tick to tick. Figures that are not positive are not
// measured.
func newScale(log bool, figures []float64, start, stop float64) scale {
	low, high := math.Inf(1), 0.0
	for _, v := range figures {
		if v > 0 && !math.IsInf(v, 0) {
			low, high = min(low, v), max(high, v)
		}
	}
	if high == 0 {
		low, high = 1, 10
	}
	s := scale{log: log, start: start, stop: stop}
	if log {
		s.ticks = logTicks(low, high)
	} else {
		s.ticks = linearTicks(high)
	}
	s.low, s.high = s.ticks[0], s.ticks[len(s.ticks)-1]
	return s
}

// exactScale has its ends and its ticks where the points are.
func exactScale(at []float64, start, stop float64) scale {
	s := scale{log: true, low: at[0], high: at[len(at)-1], start: start, stop: stop, ticks: at}
	if s.low == s.high {
		s.low, s.high = s.low/2, s.high*2
	}
	return s
}

func (s scale) place(v float64) float64 {
	part := (v - s.low) / (s.high - s.low)
	if s.log {
		part = math.Log(v/s.low) / math.Log(s.high/s.low)
	}
	return s.start + part*(s.stop-s.start)
}

// logTicks are 1, 2 and 5 times the powers of ten around the figures, or fewer where these
// are too many: the powers, or every second of them, and so on.
func logTicks(low, high float64) []float64 {
	fine := []float64{1, 2, 5}
	if ticks := ticksOf(fine, 1, low, high); len(ticks) <= mostTicks {
		return ticks
	}
	for step := 1; ; step++ {
		if ticks := ticksOf(fine[:1], step, low, high); len(ticks) <= mostTicks {
			return ticks
		}
	}
}

// ticksOf are the ticks from the last one that is not above low to the first one that is
// not below high, and at least two.
func ticksOf(digits []float64, step int, low, high float64) []float64 {
	exponent := int(math.Floor(math.Log10(low)))
	exponent -= ((exponent % step) + step) % step
	var ticks []float64
	for ; ; exponent += step {
		for _, digit := range digits {
			tick := digit * math.Pow10(exponent)
			if tick <= low {
				ticks = ticks[:0]
			}
			ticks = append(ticks, tick)
			if tick >= high && len(ticks) > 1 {
				return ticks
			}
		}
	}
}

// linearTicks begin at 0 and go in steps of 1, 2 or 5 times a power of ten.
func linearTicks(high float64) []float64 {
	step := math.Pow10(int(math.Floor(math.Log10(high))) - 1)
	for i := 0; high/step > mostTicks-1; i++ {
		step *= []float64{2, 2.5, 2}[i%3]
	}
	ticks := []float64{0}
	for n := 1; ticks[len(ticks)-1] < high; n++ {
		ticks = append(ticks, step*float64(n))
	}
	return ticks
}
