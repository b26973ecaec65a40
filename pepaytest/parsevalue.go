package pepaytest

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// status reads status with the settings that belong to it.
func (v settings) status() (Fault, error) {
	code, err := strconv.Atoi(v["status"])
	if err != nil {
		return Fault{}, fmt.Errorf("pepaytest: status=%s: write a number from 200 to 599", v["status"])
	}
	f := Status(code)
	if v.has("body") {
		f = Envelope(code, v["body"])
	}
	if f.err != nil || !v.has("retry-after") {
		return f, f.err
	}
	return v.withRetryAfter(f)
}

func (v settings) withRetryAfter(f Fault) (Fault, error) {
	seconds, err := parseSeconds(v["retry-after"])
	if err != nil {
		return Fault{}, err
	}
	return f.withRetryAfter(strconv.FormatInt(seconds, 10)), nil
}

func (v settings) duration(name string) (time.Duration, error) {
	d, err := time.ParseDuration(v[name])
	if err != nil {
		return 0, fmt.Errorf("pepaytest: %s=%s: write a duration such as 200ms", name, v[name])
	}
	return d, nil
}

// parseSeconds reads 2 and 2s; the header has whole seconds only.
func parseSeconds(text string) (int64, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d%time.Second != 0 {
		return 0, fmt.Errorf("pepaytest: retry-after=%s: write whole seconds such as 2 or 2s", text)
	}
	return int64(d / time.Second), nil
}

// parseBytes reads 9437184 and 9MiB.
func parseBytes(name, text string) (int, error) {
	number, unit := text, int64(1)
	for suffix, size := range map[string]int64{"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30} {
		if n, ok := strings.CutSuffix(text, suffix); ok {
			number, unit = n, size
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 1 || n > math.MaxInt/unit {
		return 0, fmt.Errorf("pepaytest: %s=%s: write a number of bytes such as 9437184 or 9MiB", name, text)
	}
	return int(n * unit), nil
}
