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
		"skip-after", "truncated-frame-after", "cut-frame-after", "late-after", "oversized-frame-after", "slow-frame-after",
		"odd-field-after", "text-frame-after", "binary-frame-after", "close-after", "ws-error-after",
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
	f, err := v.afterEvents(name, n)
	if err != nil {
		return Fault{}, err
	}
	return f, f.err
}

// afterEvents reads the settings that belong to the one with this name, whose number
// is n.
func (v settings) afterEvents(name string, n int) (Fault, error) {
	switch name {
	case "refuse-upgrade":
		f := RefuseUpgrade(n)
		if f.err != nil || !v.has("retry-after") {
			return f, nil
		}
		return v.withRetryAfter(f)
	case "late-after":
		by, err := v.number("by")
		return LateAfter(n, by), err
	case "oversized-frame-after":
		bytes, err := parseBytes("bytes", v["bytes"])
		return OversizedFrameAfter(n, bytes), err
	case "slow-frame-after":
		over, err := v.duration("over")
		return SlowFrameAfter(n, over), err
	case "odd-field-after":
		return OddFieldAfter(n, v["field"], v["value"]), nil
	case "text-frame-after":
		return TextFrameAfter(n, v["body"]), nil
	case "binary-frame-after":
		return BinaryFrameAfter(n, []byte(v["body"])), nil
	case "close-after":
		code, err := v.number("code")
		return CloseReasonAfter(n, code, v["message"]), err
	case "ws-error-after":
		if !v.has("code") {
			return Fault{}, fmt.Errorf("pepaytest: %s needs code", name)
		}
		return WSErrorAfter(n, v["code"], v.message()), nil
	}
	return streamSettings()[name](n), nil
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
