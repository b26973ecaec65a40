package pepaytest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

func TestTextFormAnswers(t *testing.T) {
	t.Parallel()
	cases := []struct {
		spec, want string // want: status, body, Retry-After, Content-Type, Location where not empty
	}{
		{"mintWsToken:status=503", `503 {"success":false,"error":{"code":"SERVICE_UNAVAILABLE","message":"Service Unavailable"}}`},
		{"mintWsToken:status=429,retry-after=2s", `429 {"success":false,"message":"Too many requests from this IP. Please try again later.","error_code":"RATE_LIMIT_EXCEEDED"} Retry-After=2`},
		{"*:retry-after=90,status=503,body=", `503 Retry-After=90`},
		{"*:status=503,retry-after=1m", `503 {"success":false,"error":{"code":"SERVICE_UNAVAILABLE","message":"Service Unavailable"}} Retry-After=60`},
		{`*:status=400,body={"a":1,"b":"x=y"}`, `400 {"a":1,"b":"x=y"}`},
		{`*:next=1,body={"a":1,"status=2`, `200 {"a":1,"status=2`},
		{"*:body=", `200`},
		{"*:success-false=KYC", `200 {"success":false,"error":{"code":"KYC","message":"Simulated failure"}}`},
		{"*:success-false=KYC,message=Not yet", `200 {"success":false,"error":{"code":"KYC","message":"Not yet"}}`},
		{"*:missing-data,always", `200 {"success":true}`},
		{"*:redirect=https://x.example/?a=b", `307 Location=https://x.example/?a=b`},
		{"*:missing-data,content-type=text/html,latency=1ms", `200 {"success":true} Content-Type=text/html`},
	}
	for _, tc := range cases {
		t.Run(tc.spec, func(t *testing.T) {
			t.Parallel()
			s := pepaytest.NewServer(t)
			rule, err := s.Faults().Add(tc.spec)
			if err != nil {
				t.Fatal(err)
			}
			r := mint(t, s, "")
			got := []any{r.status}
			if r.body != "" {
				got = append(got, r.body)
			}
			for _, name := range []string{"Retry-After", "Content-Type", "Location"} {
				if v := r.header.Get(name); v != "" && !strings.HasPrefix(v, "application/json") {
					got = append(got, name+"="+v)
				}
			}
			if text := sprint(got...); text != tc.want || rule.Hits() != 1 {
				t.Errorf("got  %s\nwant %s\nhits %d", text, tc.want, rule.Hits())
			}
		})
	}
}

func TestTextFormSizeAndReset(t *testing.T) {
	t.Parallel()
	s := pepaytest.NewServer(t)
	for spec, want := range map[string]int{"*:oversized=5000,next=1": 5000, "*:oversized=6KiB,next=1": 6 << 10, "*:oversized=1MiB,next=1": 1 << 20} {
		s.Faults().Reset()
		if _, err := s.Faults().Add(spec); err != nil {
			t.Fatal(err)
		}
		if r := mint(t, s, ""); len(r.body) != want {
			t.Errorf("%s: %d bytes", spec, len(r.body))
		}
	}
	for _, spec := range []string{"*:reset=before,next=1", "*:reset=mid-body,next=1"} {
		if _, err := s.Faults().Add(spec); err != nil {
			t.Fatal(err)
		}
		if _, err := post(t, s, "", "x-api-key", s.APIKey()); err == nil {
			t.Errorf("%s: no reset", spec)
		}
	}
}

func TestTextFormSchedules(t *testing.T) {
	t.Parallel()
	for spec, want := range map[string]string{
		"mintWsToken:status=503,next=2":  "503 503 200 200",
		"mintWsToken:every=2,status=503": "200 503 200 503",
		"mintWsToken:status=503,always":  "503 503 503 503",
		"mintWsToken:status=503":         "503 503 503 503",
		"mintWsToken:status=503,for=1h":  "503 503 503 503",
		"mintWsToken:status=503,for=1ns": "200 200 200 200",
	} {
		s := pepaytest.NewServer(t)
		if _, err := s.Faults().Add(spec); err != nil {
			t.Fatal(err)
		}
		if got := statuses(t, s, 4); got != want {
			t.Errorf("%s: %s, want %s", spec, got, want)
		}
	}
}

func TestTextFormRefusesMistakes(t *testing.T) {
	t.Parallel()
	const names = "status, retry-after, body, success-false, message, missing-data, oversized, redirect, reset, latency, content-type, " +
		"refuse-upgrade, reject-token, drop-after, reset-after, silent-after, duplicate-after, reorder-after, skip-after, " +
		"truncated-frame-after, cut-frame-after, late-after, oversized-frame-after, slow-frame-after, odd-field-after, text-frame-after, " +
		"binary-frame-after, close-after, ws-error-after, by, bytes, over, field, value, code, next, every, for, always"
	cases := []struct{ name, spec, want string }{
		{"nothing", "", "OPERATION:SETTING"},
		{"no settings", "mintWsToken", "OPERATION:SETTING"},
		{"empty settings", "mintWsToken:", "OPERATION:SETTING"},
		{"unknown operation", "mint:status=503", `unknown operation "mint"; did you mean mintWsToken? `},
		{"unknown fault", "*:explode=yes", `unknown fault setting "explode"; there are ` + names},
		{"empty setting", "*:status=503,,next=1", `unknown fault setting ""; there are ` + names},
		{"only a when", "*:next=1", "there are " + names},
		{"only retry-after", "*:retry-after=2s", "retry-after needs status or refuse-upgrade"},
		{"only message", "*:message=x,missing-data", "message needs success-false or close-after or ws-error-after"},
		{"no value", "*:status", "status needs a value"},
		{"empty value", "*:status=", "status needs a value"},
		{"value where none belongs", "*:missing-data=1", "missing-data takes no value"},
		{"twice", "*:status=503,status=500", "status is given twice"},
		{"two answers", "*:status=503,reset=before", "status and reset exclude each other"},
		{"two answers, one a body", "*:missing-data,body={}", "body and missing-data exclude each other"},
		{"no time to last", "*:status=503,for=0s", "For(0s): give more than 0"},
		{"a time that is none", "*:status=503,for=soon", "for=soon"},
		{"a number and a time", "*:status=503,for=1s,next=1", "next and for exclude each other"},
		{"late by none", "*:late-after=1,by=0", "LateAfter(1, 0): give at least 1"},
		{"late by nothing", "*:late-after=1", "by="},
		{"by alone", "*:by=1,drop-after=1", "by needs late-after"},
		{"over alone", "*:over=1s,drop-after=1", "over needs slow-frame-after"},
		{"slow over no time", "*:slow-frame-after=1", "over="},
		{"slow over less than nothing", "*:slow-frame-after=1,over=-1s", "SlowFrameAfter(1, -1s)"},
		{"an odd field without a name", "*:odd-field-after=1,value=1", "OddFieldAfter(1, \"\", \"1\"): give a field"},
		{"an odd field that is no JSON", "*:odd-field-after=1,field=a,value=x", "give a field, and JSON"},
		{"value alone", "*:drop-after=1,value=1", "value needs odd-field-after"},
		{"a reason that is too long", "*:close-after=1,code=1008,message=" + strings.Repeat("x", 124), "no close frame can have this reason"},
		{"a reason without a code", "*:close-after=1,code=1005,message=x", "no close frame can have this reason"},
		{"a text frame that is no text", "*:text-frame-after=1,body=\xff", "not UTF-8"},
		{"a frame and an answer", "*:text-frame-after=1,status=503,body=x", "text-frame-after and status exclude each other"},
		{"refusing an upgrade, soon", "*:refuse-upgrade=503,retry-after=soon", "retry-after=soon"},
		{"two whens", "*:status=503,next=1,every=2", "next and every exclude each other"},
		{"status is no number", "*:status=teapot", "status=teapot"},
		{"status out of range", "*:status=99", "status 99"},
		{"status out of range with a body", "*:status=99,body=x", "status 99"},
		{"retry-after is no duration", "*:status=503,retry-after=soon", "retry-after=soon"},
		{"retry-after has a fraction", "*:status=503,retry-after=1500ms", "retry-after=1500ms"},
		{"latency is no duration", "*:latency=10", "latency=10"},
		{"latency is negative", "*:latency=-1s", "Latency(-1s)"},
		{"content type", "*:content-type=a\nb", "Content-Type"},
		{"redirect", "*:redirect=/\r\n", "Location"},
		{"size is no number", "*:oversized=big", "oversized=big"},
		{"size is 0", "*:oversized=0", "oversized=0"},
		{"size overflows", "*:oversized=9223372036854775807GiB", "oversized="},
		{"unknown reset", "*:reset=after", "reset=after: write before or mid-body"},
		{"a stream's fault elsewhere", "mintWsToken:drop-after=1", "mintWsToken is no stream; there are openCommerceStream, openMerchantStream, openPaymentStream"},
		{"two of a stream", "*:drop-after=1,skip-after=2", "drop-after and skip-after exclude each other"},
		{"a stream's and an answer's", "*:drop-after=1,status=503", "drop-after and status exclude each other"},
		{"a stream's and a delay", "*:drop-after=1,latency=1s", "two rules"},
		{"after is no number", "*:silent-after=soon", "silent-after=soon"},
		{"after is negative", "*:reorder-after=-1", "ReorderAfter(-1)"},
		{"duplicate of nothing", "*:duplicate-after=0", "DuplicateAfter(0): give at least 1"},
		{"code alone", "*:code=1000,drop-after=1", "code needs close-after or ws-error-after"},
		{"bytes alone", "*:bytes=10,drop-after=1", "bytes needs oversized-frame-after"},
		{"no bytes", "*:oversized-frame-after=1", "bytes="},
		{"no close code", "*:close-after=1", "code="},
		{"a close code that cannot be sent", "*:close-after=1,code=1006", "CloseAfter(1, 1006)"},
		{"no error code", "*:ws-error-after=1", "ws-error-after needs code"},
		{"refusing with a success", "*:refuse-upgrade=200", "RefuseUpgrade(200)"},
		{"a value for reject-token", "*:reject-token=1", "reject-token takes no value"},
		{"next is no number", "*:status=503,next=many", "next=many"},
		{"next is 0", "*:status=503,next=0", "Next(0)"},
		{"every is negative", "*:status=503,every=-2", "Every(-2)"},
	}
	s := pepaytest.NewServer(t)
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			_, _, _, alone := pepaytest.ParseFault(tc.spec)
			rule, err := s.Faults().Add(tc.spec)
			if rule != nil || err == nil || alone == nil || !strings.Contains(err.Error(), tc.want) || !strings.HasPrefix(err.Error(), "pepaytest: ") {
				t.Errorf("%v, %v\nwant an error with %q", rule, err, tc.want)
			}
		})
	}
	if r := mint(t, s, ""); r.status != http.StatusOK {
		t.Errorf("a refused rule is at work: %d", r.status)
	}
}

func TestTextFormLatency(t *testing.T) {
	t.Parallel()
	operation, fault, when, err := pepaytest.ParseFault("mintWsToken:latency=30ms,status=503")
	if err != nil || operation != mintID {
		t.Fatal(operation, err)
	}
	s := pepaytest.NewServer(t)
	s.Faults().On(operation, fault, when)
	began := time.Now()
	if r := mint(t, s, ""); r.status != 503 || time.Since(began) < 30*time.Millisecond {
		t.Errorf("%d after %v", r.status, time.Since(began))
	}
}

func TestFaultSettings(t *testing.T) {
	t.Parallel()
	got := pepaytest.FaultSettings()
	for _, want := range []string{"status=", "missing-data", "drop-after=", "always", "for="} {
		if !slices.Contains(got, want) {
			t.Errorf("no %s in %v", want, got)
		}
	}
	got[0] = "changed"
	if pepaytest.FaultSettings()[0] == "changed" {
		t.Error("the list is not the caller's")
	}
}

func FuzzParseFault(f *testing.F) {
	for _, spec := range []string{
		"mintWsToken:status=429,retry-after=2s,every=3", "*:reset=mid-body,latency=1ms", `*:status=400,body={"a":1}`,
		"*:oversized=9MiB,next=2", "openMerchantStream:drop-after=500,every=2", "*:ws-error-after=1,code=A,message=b", "*:", ":", "x:status", "*:success-false=A,message=b,always",
	} {
		f.Add(spec)
	}
	s := pepaytest.NewServer(f)
	f.Fuzz(func(t *testing.T, spec string) {
		operation, fault, when, err := pepaytest.ParseFault(spec)
		if err != nil {
			if len(err.Error()) > 600+8*len(spec) {
				t.Errorf("an error of %d characters", len(err.Error()))
			}
			return
		}
		s.Faults().On(operation, fault, when) // panics on what ParseFault should have refused
		s.Faults().Reset()
	})
}
