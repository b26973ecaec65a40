package pepaytest

import (
	"fmt"
	"strconv"
)

// streamSettings are the faults of streams that only need a number of events.
func streamSettings() map[string]func(n int) Fault {
	return map[string]func(n int) Fault{
		"drop-after":            DropAfter,
		"reset-after":           ResetAfter,
		"silent-after":          SilentAfter,
		"duplicate-after":       DuplicateAfter,
		"reorder-after":         ReorderAfter,
		"skip-after":            SkipAfter,
		"truncated-frame-after": TruncatedFrameAfter,
		"cut-frame-after":       CutFrameAfter,
	}
}

// streamSettingNames lists the faults of streams in the order of the documentation.
func streamSettingNames() []string {
	return []string{
		"refuse-upgrade", "reject-token", "drop-after", "reset-after", "silent-after", "duplicate-after", "reorder-after",
		"skip-after", "truncated-frame-after", "cut-frame-after", "oversized-frame-after", "close-after", "ws-error-after",
	}
}

// onStream reads the setting of a fault of streams, if there is one.
func (v settings) onStream() (Fault, error) {
	name := ""
	for _, n := range streamSettingNames() {
		if v.has(n) {
			name = n
		}
	}
	switch name {
	case "":
		return Fault{}, nil
	case "reject-token":
		return RejectToken(), nil
	}
	n, err := v.number(name)
	if err != nil {
		return Fault{}, err
	}
	var f Fault
	switch name {
	case "refuse-upgrade":
		f = RefuseUpgrade(n)
	case "oversized-frame-after":
		bytes, err := parseBytes("bytes", v["bytes"])
		if err != nil {
			return Fault{}, err
		}
		f = OversizedFrameAfter(n, bytes)
	case "close-after":
		code, err := v.number("code")
		if err != nil {
			return Fault{}, err
		}
		f = CloseAfter(n, code)
	case "ws-error-after":
		if !v.has("code") {
			return Fault{}, fmt.Errorf("pepaytest: %s needs code", name)
		}
		f = WSErrorAfter(n, v["code"], v.message())
	default:
		f = streamSettings()[name](n)
	}
	return f, f.err
}

func (v settings) number(name string) (int, error) {
	n, err := strconv.Atoi(v[name])
	if err != nil {
		return 0, fmt.Errorf("pepaytest: %s=%s: write a whole number", name, v[name])
	}
	return n, nil
}

func (v settings) message() string {
	if v.has("message") {
		return v["message"]
	}
	return "Simulated failure"
}
