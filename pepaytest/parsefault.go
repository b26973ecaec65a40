package pepaytest

import (
	"fmt"
	"slices"
	"strings"
)

func (v settings) deciding() (Fault, error) {
	answer := "status"
	if !v.has("status") && v.has("body") && !v.has("text-frame-after") && !v.has("binary-frame-after") {
		answer = "body"
	}
	if err := v.atMostOne(append(streamSettingNames(), answer, "success-false", "missing-data", "oversized", "redirect", "reset")...); err != nil {
		return Fault{}, err
	}
	for _, detail := range []struct {
		name string
		of   []string
	}{
		{"retry-after", []string{"status", "refuse-upgrade"}},
		{"message", []string{"success-false", "close-after", "ws-error-after"}},
		{"code", []string{"close-after", "ws-error-after"}},
		{"bytes", []string{"oversized-frame-after"}},
		{"by", []string{"late-after"}},
		{"over", []string{"slow-frame-after"}},
		{"field", []string{"odd-field-after"}},
		{"value", []string{"odd-field-after"}},
	} {
		if v.has(detail.name) && !slices.ContainsFunc(detail.of, v.has) {
			return Fault{}, fmt.Errorf("pepaytest: %s needs %s", detail.name, strings.Join(detail.of, " or "))
		}
	}
	switch {
	case v.has("status"):
		return v.status()
	case answer == "body":
		return RawBody(v["body"]), nil
	case v.has("success-false"):
		return SuccessFalse(v["success-false"], v.message()), nil
	case v.has("missing-data"):
		return MissingData(), nil
	case v.has("oversized"):
		n, err := parseBytes("oversized", v["oversized"])
		if err != nil {
			return Fault{}, err
		}
		return Oversized(n), nil
	case v.has("redirect"):
		return RedirectTo(v["redirect"]), nil
	case v["reset"] == "before":
		return ResetBefore(), nil
	case v["reset"] == "mid-body":
		return ResetMidBody(), nil
	case v.has("reset"):
		return Fault{}, fmt.Errorf("pepaytest: reset=%s: write before or mid-body", v["reset"])
	}
	return v.onStream()
}
