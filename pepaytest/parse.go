package pepaytest

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
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
//	refuse-upgrade=503     for the upgrade, with retry-after=2s as wanted
//	reject-token           for an upgrade with a token
//	drop-after=500         and with a number of events too: reset-after, silent-after,
//	                       duplicate-after, reorder-after, skip-after,
//	                       truncated-frame-after, cut-frame-after
//	late-after=3,by=20     events that go before
//	oversized-frame-after=3,bytes=9MiB
//	slow-frame-after=3,over=90s
//	odd-field-after=3,field=created,value="today"  JSON, or nothing; the last setting
//	text-frame-after=3,body=ping    or binary-frame-after; the last setting
//	close-after=3,code=1012         with message=… for its reason as wanted
//	ws-error-after=3,code=INTERNAL  with message=… as wanted
//
// And one of these says when: next=2, every=3, for=30s, always, which is the default.
//
// An operation the contract does not have, an unknown or doubled setting, a bad
// value and what does not go together are errors that name it and list what there
// is.
func ParseFault(spec string) (operationID string, fault Fault, when When, err error) {
	operationID, settings, ok := strings.Cut(spec, ":")
	if !ok || settings == "" {
		return "", Fault{}, When{}, fmt.Errorf("pepaytest: fault %q: write OPERATION:SETTING=VALUE,…, as in mintWsToken:status=503,next=1", spec)
	}
	if err := checkOperation(operationID, operationIDs()); err != nil {
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

// FaultSettings lists the settings of [ParseFault] as they are written: those that take
// a value end in "=".
func FaultSettings() []string {
	names := settingNames()
	for i, name := range names {
		if !isBareSetting(name) {
			names[i] += "="
		}
	}
	return names
}

func isBareSetting(name string) bool {
	return slices.Contains([]string{"missing-data", "reject-token", "always"}, name)
}

// settingNames lists what there is, in the order of the documentation above.
func settingNames() []string {
	return slices.Concat([]string{
		"status", "retry-after", "body", "success-false", "message", "missing-data", "oversized", "redirect", "reset",
		"latency", "content-type",
	}, streamSettingNames(), []string{"by", "bytes", "over", "field", "value", "code", "next", "every", "for", "always"})
}

func splitSettings(text string) (settings, error) {
	values := settings{}
	for rest := text; rest != ""; {
		item := rest
		if strings.HasPrefix(rest, "body=") || strings.HasPrefix(rest, "value=") { // they have commas of their own
			rest = ""
		} else {
			item, rest, _ = strings.Cut(rest, ",")
		}
		name, value, hasValue := strings.Cut(item, "=")
		switch bare := isBareSetting(name); {
		case !slices.Contains(settingNames(), name):
			return nil, fmt.Errorf("pepaytest: unknown fault setting %q; there are %s", name, strings.Join(settingNames(), ", "))
		case bare && hasValue:
			return nil, fmt.Errorf("pepaytest: %s takes no value", name)
		case !bare && value == "" && name != "body" && name != "value":
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
	if err := v.atMostOne("next", "every", "for", "always"); err != nil {
		return When{}, err
	}
	switch {
	case v.has("next"):
		return v.count("next", Next)
	case v.has("every"):
		return v.count("every", Every)
	case v.has("for"):
		d, err := v.duration("for")
		if err != nil {
			return When{}, err
		}
		when := For(d)
		return when, when.err
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
		d, err := v.duration("latency")
		if err != nil {
			return Fault{}, err
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
