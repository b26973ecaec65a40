//go:build !windows

package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

func envFile(t *testing.T, mode os.FileMode, content ...string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "env")
	if err := os.WriteFile(name, []byte(strings.Join(content, "\n")+"\n"), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(name, mode); err != nil {
		t.Fatal(err)
	}
	return name
}

// Whose address gets which key: a key of the file goes to no address of the environment,
// and a key of the environment to no address of a file that has keys.
func TestEnvFileDecides(t *testing.T) {
	t.Parallel()
	const fileKey, flagKey = "pk_file_" + canary, "pk_flag_" + canary
	inFile, inEnv := pepaytest.NewServer(t, pepaytest.WithKey(fileKey, pepaytest.Key{})), account(t)
	keyFile := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(keyFile, []byte(flagKey), 0o600); err != nil {
		t.Fatal(err)
	}
	flagged := pepaytest.NewServer(t)
	env := append(at(inEnv.URL()), "PEPAY_COMMERCE_API_KEY="+commerceCanary)
	for _, c := range []struct {
		name string
		file []string
		args []string
		to   *pepaytest.Server // nil: Pepay's own, which is not there
		key  string
	}{
		{"key and address of the file", []string{"PEPAY_API_KEY=" + fileKey, "PEPAY_API_URL=" + inFile.URL()}, nil, inFile, fileKey},
		{"key of the file, address of a flag", []string{"PEPAY_API_KEY=" + fileKey}, []string{"--base-url", flagged.URL()}, flagged, fileKey},
		{"key of the file alone", []string{"PEPAY_API_KEY=" + fileKey}, nil, nil, ""},
		{"commerce key of the file alone", []string{"PEPAY_COMMERCE_API_KEY=" + fileKey}, nil, nil, ""},
		{"nothing in the file", []string{"# empty"}, nil, inEnv, canary},
		{"address of the file alone", []string{"PEPAY_API_URL=" + inFile.URL()}, nil, inFile, canary},
		{"another key, address of the environment", []string{"PEPAY_API_KEY=" + fileKey}, []string{"--api-key-file", keyFile}, inEnv, flagKey},
		{"another key, address of the file", []string{"PEPAY_API_KEY=" + fileKey, "PEPAY_API_URL=" + inFile.URL()}, []string{"--api-key-file", keyFile}, inFile, flagKey},
	} {
		for from, with := range map[string]func(file string) (env, args []string){
			"flag":     func(file string) ([]string, []string) { return nil, []string{"--env-file", file} },
			"variable": func(file string) ([]string, []string) { return []string{"PEPAY_ENV_FILE=" + file}, nil },
			"both": func(file string) ([]string, []string) {
				return []string{"PEPAY_ENV_FILE=" + file + "-other"}, []string{"--env-file", file}
			},
		} {
			t.Run(c.name+" by "+from, func(t *testing.T) {
				moreEnv, moreArgs := with(envFile(t, 0o600, c.file...))
				before := map[*pepaytest.Server]int{}
				for _, s := range []*pepaytest.Server{inFile, inEnv, flagged} {
					before[s] = len(s.Requests())
				}
				// No request leaves the machine.
				noWay := []string{"HTTPS_PROXY=http://127.0.0.1:1"}
				args := slices.Concat([]string{"token", "--timeout", "2s"}, c.args, moreArgs)
				r := pepayRun(t, slices.Concat(env, moreEnv, noWay), args...)
				for s, n := range before {
					got := s.Requests()[n:]
					if s != c.to && len(got) > 0 {
						t.Errorf("asked another server, with key %q", got[0].Header.Get("x-api-key"))
					}
					if s == c.to && (len(got) == 0 || got[0].Header.Get("x-api-key") != c.key) {
						t.Errorf("%d requests, %+v", len(got), r)
					}
				}
				if c.to == nil && r.code == exitDone {
					t.Errorf("%+v", r)
				}
			})
		}
	}
}

func TestEnvFileWrongUsage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		file string
		want string
	}{
		{"not there", filepath.Join(t.TempDir(), canary), "--env-file: no such file"},
		{"a folder", t.TempDir(), "--env-file: not a regular file"},
		{"no form", envFile(t, 0o600, "# a", "", canary), "--env-file: line 3 is not of the form NAME=VALUE"},
		{"unknown variable", envFile(t, 0o600, "PEPAY_API_KYE="+canary), "--env-file: line 1 has an unknown variable; there are PEPAY_API_KEY, "},
		{"open quote", envFile(t, 0o600, `PEPAY_API_KEY="`+canary), "--env-file: line 1 has a quote that does not end"},
		{"twice", envFile(t, 0o600, "PEPAY_API_KEY=a", "PEPAY_API_KEY="+canary), "--env-file: line 2 has PEPAY_API_KEY a second time"},
		{"too long", envFile(t, 0o600, strings.Repeat("#", 70_000)), "--env-file: the file is too long"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, args := range [][]string{{"token"}, {"listen"}, {"events", "list"}, {"trigger", "test.ping"}, {"webhook", "sign"}} {
				pepayRun(t, nil, append(args, "--env-file", c.file)...).wantError(t, exitUsage, c.want)
			}
		})
	}
	for _, mode := range []os.FileMode{0o644, 0o640, 0o604, 0o620} {
		file := envFile(t, mode, "PEPAY_API_KEY="+canary)
		pepayRun(t, nil, "token", "--env-file", file).wantError(t, exitUsage, "--env-file: others can read or change the file; make it private with chmod 600")
		pepayRun(t, []string{"PEPAY_ENV_FILE=" + file}, "token").wantError(t, exitUsage, "PEPAY_ENV_FILE: others can read")
	}
	pepayRun(t, []string{"PEPAY_ENV_FILE=nowhere"}, "version").wantDone(t) // which needs no settings
}

func TestParseEnv(t *testing.T) {
	t.Parallel()
	got, err := parseEnv([]byte("\ufeff# settings\r\nexport PEPAY_API_KEY = x\n"))
	if err == nil {
		t.Errorf("%v", got)
	}
	got, err = parseEnv([]byte("\ufeff# settings\r\nexport PEPAY_API_KEY='a b#c' # mine\r\nPEPAY_API_URL=http://x/?a=b#c\n\nOTHER=$(rm)\nPEPAY_WEBHOOK_SECRET=\"$HOME\"\nPEPAY_WS_URL= wss://x # y\nPEPAY_COMMERCE_API_KEY="))
	want := map[string]string{
		"PEPAY_API_KEY": "a b#c", "PEPAY_API_URL": "http://x/?a=b#c", "PEPAY_WEBHOOK_SECRET": "$HOME", "PEPAY_WS_URL": "wss://x", "PEPAY_COMMERCE_API_KEY": "",
	}
	if err != nil || len(got) != len(want) {
		t.Errorf("%v, %v", got, err)
	}
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s is %q, want %q", name, got[name], value)
		}
	}
}

// What 'pepay mock --write-env' writes, the other commands use.
func TestWriteEnv(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "simulator.env")
	for range 2 { // also over its own file
		m := startMock(t, "--write-env", file)
		info, err := os.Stat(file)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Fatalf("%v, %v", info, err)
		}
		for _, args := range [][]string{{"token"}, {"token", "--scope", "commerce"}, {"trigger", "invoice.created"}} {
			pepayRun(t, []string{"PEPAY_API_URL=http://127.0.0.1:1"}, append(args, "--env-file", file)...).wantDone(t)
		}
		m.end(t, os.Interrupt)
	}
	foreign := envFile(t, 0o600, "PEPAY_API_KEY=real")
	pepayRun(t, nil, "mock", "--addr", "127.0.0.1:0", "--write-env", foreign).wantError(t, exitUsage, "--write-env: there is a file that 'pepay mock' did not write")
	if content, err := os.ReadFile(foreign); err != nil || string(content) != "PEPAY_API_KEY=real\n" {
		t.Errorf("%s, %v", content, err)
	}
	pepayRun(t, nil, "mock", "--addr", "127.0.0.1:0", "--write-env", filepath.Join(foreign, "x")).wantError(t, exitUsage, "--write-env: ")
}
