package storetest

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

const faultVariable = "PEPAY_STORETEST_FAULT"

// Stores of the test pass all rules, unless the environment gives them a fault.
func TestFakes(t *testing.T) {
	t.Parallel()
	fault, patience := os.Getenv(faultVariable), patience
	if fault != "" {
		patience = 2 * time.Second
	}
	run(t, "Lease", leaseRules(), openFakeLease(fault), patience)
	run(t, "Cursor", cursorStoreRules(), openFakeCursor(fault), patience)
	run(t, "Deduper", deduperRules(), openFakeDeduper(fault), patience)
}

// Each fault is noticed by the rules that it breaks. The rules run in a process of
// their own, where they are to fail.
func TestBrokenStoresFail(t *testing.T) {
	t.Parallel()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for group, faults := range broken {
		for fault, rules := range faults {
			t.Run(group+"/"+fault, func(t *testing.T) {
				t.Parallel()
				patterns := make([]string, len(rules))
				for i, rule := range rules {
					patterns[i] = regexp.QuoteMeta(testName(rule))
				}
				only := "^TestFakes$/^" + group + "$/^(" + strings.Join(patterns, "|") + ")$"
				process := exec.CommandContext(t.Context(), program, "-test.run", only, "-test.timeout", "2m")
				process.Env = append(os.Environ(), faultVariable+"="+fault)
				output, err := process.CombinedOutput()
				if err == nil {
					t.Fatalf("%s pass", rules)
				}
				for _, rule := range rules {
					if !strings.Contains(string(output), "--- FAIL: TestFakes/"+group+"/"+testName(rule)+" ") {
						t.Errorf("%q does not fail:\n%s", rule, output)
					}
				}
				if strings.Contains(string(output), "panic:") {
					t.Errorf("%s", output)
				}
			})
		}
	}
}

// Every rule is broken by a fault at least, so that none is a test that cannot fail.
func TestEveryRuleCanFail(t *testing.T) {
	t.Parallel()
	for group, rules := range map[string][]string{
		"Lease": names(leaseRules()), "Cursor": names(cursorStoreRules()), "Deduper": names(deduperRules()),
	} {
		can := map[string]bool{}
		for fault, fails := range broken[group] {
			for _, rule := range fails {
				can[rule] = true
				if !slices.Contains(rules, rule) {
					t.Errorf("%s: %q is no rule of %s", fault, rule, group)
				}
			}
		}
		for _, rule := range rules {
			if !can[rule] {
				t.Errorf("%s: no fault breaks the rule %q", group, rule)
			}
		}
	}
}

func names[S any](rules []rule[S]) (names []string) {
	for _, r := range rules {
		names = append(names, r.name)
	}
	return names
}

// testName is how package testing writes a name.
func testName(rule string) string { return strings.ReplaceAll(rule, " ", "_") }
