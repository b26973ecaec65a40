package main

import (
	"slices"
	"strings"
)

// width is how wide a text is at most, in the widest of the fonts that pages have, as
// nobody knows which one draws it.
func width(text string, size float64) float64 {
	sum := 0.0
	for _, c := range text {
		switch {
		case strings.ContainsRune("il.,:;'|!I ()/-jtfr", c):
			sum += 0.41
		case strings.ContainsRune("mwMW+→%@", c):
			sum += 0.97
		default:
			sum += 0.66
		}
	}
	return sum * size
}

// wrap breaks a text into lines that are no wider than most, where its words allow it.
func wrap(text string, size, most float64) []string {
	var lines []string
	for _, word := range strings.Fields(text) {
		if last := len(lines) - 1; last >= 0 && width(lines[last]+" "+word, size) <= most {
			lines[last] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}

// spread moves labels apart that would overlap: each is at least gap away from the next,
// all are between low and high if there is room, they keep their order, and none moves
// further than its neighbours make it. It returns the places in the order of the wishes.
func spread(wishes []float64, gap, low, high float64) []float64 {
	order := make([]int, len(wishes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case wishes[a] < wishes[b]:
			return -1
		case wishes[a] > wishes[b]:
			return 1
		}
		return 0
	})
	// A cluster is a run of labels that touch. It lies where its labels would want it on
	// average, and takes in the cluster before it when they overlap.
	type cluster struct {
		first, count int
		sum          float64
	}
	start := func(c cluster) float64 {
		at := c.sum/float64(c.count) - gap*float64(c.count-1)/2
		return max(low, min(at, high-gap*float64(c.count-1)))
	}
	var clusters []cluster
	for i, index := range order {
		next := cluster{i, 1, wishes[index]}
		for len(clusters) > 0 {
			before := clusters[len(clusters)-1]
			if start(before)+gap*float64(before.count) <= start(next) {
				break
			}
			next = cluster{before.first, before.count + next.count, before.sum + next.sum}
			clusters = clusters[:len(clusters)-1]
		}
		clusters = append(clusters, next)
	}
	places := make([]float64, len(wishes))
	for _, c := range clusters {
		for i := range c.count {
			places[order[c.first+i]] = start(c) + gap*float64(i)
		}
	}
	return places
}
