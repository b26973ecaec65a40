package pepaytest

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ParseFault reads a rule in its text form, the one of "pepay mock --fault":
//
//	mintWsToken:status=429,retry-after=2s,every=3
//
// that is an operation ("*" for any), a colon, and settings with commas between.
// One of these decides what is answered:
//
//	status=503             with retry-after=2s (or seconds) and body=… as wanted
//	body={"success":true}  alone answers 200; it is the last setting, commas and all
//	success-false=CODE     with message=… as wanted
//	missing-data
//	oversized=9MiB         bytes, or KiB, MiB, GiB
//	redirect=URL
//	reset=before           or reset=mid-body
//
// These go with any of them or alone: latency=200ms, content-type=text/html.
//
// On the operation of a stream, or "*", these are possible instead:
//
//	refuse-upgrade=503     for the upgrade
//	reject-token           for an upgrade with a token
//	drop-after=500         and with a number of events too: reset-after, silent-after,
//	                       duplicate-after, reorder-after, skip-after,
//	                       truncated-frame-after, cut-frame-after
//	oversized-frame-after=3,bytes=9MiB
//	close-after=3,code=1012
//	ws-error-after=3,code=INTERNAL  with message=… as wanted
//
// And one of these says when: next=2, every=3, always, which is the default.
//
// An operation the contract does not have, an unknown or doubled setting, a bad
// value and what does not go together are errors that name it and list what there
// is.
func ParseFault(spec string) (operationID string, fault Fault, when When, err error) {
	operationID, settings, ok := strings.Cut(spec, ":")
	if !ok || settings == "" {
		return "", Fault{}, When{}, fmt.Errorf("pepaytest: fault %q: write OPERATION:SETTING=VALUE,…, as in mintWsToken:status=503,next=1", spec)
	}
	if err := checkOperation(operationID, sortedValues(operationIDs())); err != nil {
		return "", Fault{}, When{}, err
	}
	values, err := splitSettings(settings)
	if err != nil {
		return "", Fault{}, When{}, err
	}
	fault, err = values.fault()
	if err != nil {
		return "", Fault{}, When{}, err
	}
	if err := fault.checkOn(operationID); err != nil {
		return "", Fault{}, When{}, err
	}
	when, err = values.when()
	if err != nil {
		return "", Fault{}, When{}, err
	}
	return operationID, fault, when, nil
}

type settings map[string]string

// settingNames lists what there is, in the order of the documentation above.
func settingNames() []string {
	return slices.Concat([]string{
		"status", "retry-after", "body", "success-false", "message", "missing-data", "oversized", "redirect", "reset",
		"latency", "content-type",
	}, streamSettingNames(), []string{"bytes", "code", "next", "every", "always"})
}

func splitSettings(text string) (settings, error) {
	values := settings{}
	for rest := text; rest != ""; {
		item := rest
		if !strings.HasPrefix(rest, "body=") { // a body has commas of its own
			item, rest, _ = strings.Cut(rest, ",")
		} else {
			rest = ""
		}
		name, value, hasValue := strings.Cut(item, "=")
		switch bare := slices.Contains([]string{"missing-data", "reject-token", "always"}, name); {
		case !slices.Contains(settingNames(), name):
			return nil, fmt.Errorf("pepaytest: unknown fault setting %q; there are %s", name, strings.Join(settingNames(), ", "))
		case bare && hasValue:
			return nil, fmt.Errorf("pepaytest: %s takes no value", name)
		case !bare && value == "" && name != "body":
			return nil, fmt.Errorf("pepaytest: %s needs a value", name)
		}
		if _, doubled := values[name]; doubled {
			return nil, fmt.Errorf("pepaytest: %s is given twice", name)
		}
		values[name] = value
	}
	return values, nil
}

func (v settings) has(name string) bool { _, ok := v[name]; return ok }

func (v settings) when() (When, error) {
	if err := v.atMostOne("next", "every", "always"); err != nil {
		return When{}, err
	}
	switch {
	case v.has("next"):
		return v.count("next", Next)
	case v.has("every"):
		return v.count("every", Every)
	}
	return Always(), nil
}

func (v settings) count(name string, build func(int) When) (When, error) {
	n, err := strconv.Atoi(v[name])
	if err != nil {
		return When{}, fmt.Errorf("pepaytest: %s=%s: write a whole number of requests", name, v[name])
	}
	when := build(n)
	return when, when.err
}

func (v settings) atMostOne(names ...string) error {
	var given []string
	for _, name := range names {
		if v.has(name) {
			given = append(given, name)
		}
	}
	if len(given) > 1 {
		return fmt.Errorf("pepaytest: %s exclude each other", strings.Join(given, " and "))
	}
	return nil
}

func (v settings) fault() (Fault, error) {
	f, err := v.deciding()
	if err != nil {
		return Fault{}, err
	}
	if v.has("latency") {
		d, err := time.ParseDuration(v["latency"])
		if err != nil {
			return Fault{}, fmt.Errorf("pepaytest: latency=%s: write a duration such as 200ms", v["latency"])
		}
		if f.delay, err = d, Latency(d).err; err != nil {
			return Fault{}, err
		}
	}
	if v.has("content-type") {
		ct := ContentType(v["content-type"])
		if ct.err != nil {
			return Fault{}, ct.err
		}
		f.contentType = ct.contentType
	}
	if f.err == nil && f.check() != nil {
		return Fault{}, errors.New("pepaytest: the rule says when, but not what; there are " + strings.Join(settingNames(), ", "))
	}
	return f, f.err
}

func (v settings) deciding() (Fault, error) {
	answer := "status"
	if !v.has("status") && v.has("body") {
		answer = "body"
	}
	if err := v.atMostOne(append(streamSettingNames(), answer, "success-false", "missing-data", "oversized", "redirect", "reset")...); err != nil {
		return Fault{}, err
	}
	for _, detail := range []struct {
		name string
		of   []string
	}{
		{"retry-after", []string{"status"}},
		{"message", []string{"success-false", "ws-error-after"}},
		{"code", []string{"close-after", "ws-error-after"}},
		{"bytes", []string{"oversized-frame-after"}},
	} {
		if v.has(detail.name) && !slices.ContainsFunc(detail.of, v.has) {
			return Fault{}, fmt.Errorf("pepaytest: %s needs %s", detail.name, strings.Join(detail.of, " or "))
		}
	}
	switch {
	case v.has("status"):
		return v.status()
	case v.has("body"):
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
