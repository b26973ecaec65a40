package main

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"time"
)

// print writes Markdown: the median of all rounds, and ratios within the same round, so
// that what slows the machine down for a while slows both.
func (r *report) print(w io.Writer, s settings) {
	fmt.Fprintf(w, "%d processors, %s/%s, %s, %s; `make scale ARGS='-rounds %d -time %v -events %d'`\n\n",
		runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version(), time.Now().Format(time.DateOnly), s.rounds, s.time, s.events)
	head := []string{"per second"}
	for _, n := range counts() {
		head = append(head, words(n, "process"))
	}
	rule(w, append(head, "processor time of a process, each"))
	for _, work := range works() {
		samples := r.loads[work.name]
		line := []string{work.name}
		for _, n := range counts() {
			line = append(line, compared(samples[n], samples[1]))
		}
		row(w, append(line, busy(samples[1])))
	}
	fmt.Fprintln(w)
	rule(w, []string{"events followed by one process", "per second", "processor time of the process, each"})
	for _, how := range followings() {
		row(w, []string{how, compared(r.follow[how], r.follow[inMemory]), busy(r.follow[how])})
	}
}

// compared is a median rate, with its ratio to the same rounds of another.
func compared(samples, base []sample) string {
	var rates, ratios []float64
	for i, s := range samples {
		rates = append(rates, s.rate)
		ratios = append(ratios, s.rate/base[i].rate)
	}
	return fmt.Sprintf("%.0f (%.2f×)", median(rates), median(ratios))
}

func busy(samples []sample) string {
	var times []float64
	for _, s := range samples {
		times = append(times, float64(s.busy)/float64(time.Microsecond))
	}
	return fmt.Sprintf("%.0f µs", median(times))
}

// median is the middle value, the upper one of two.
func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

func words(n int, what string) string {
	if n > 1 {
		what += "es"
	}
	return fmt.Sprintf("%d %s", n, what)
}

func row(w io.Writer, cells []string) { fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | ")) }

func rule(w io.Writer, head []string) {
	row(w, head)
	fmt.Fprintf(w, "|---%s|\n", strings.Repeat("|---:", len(head)-1))
}
