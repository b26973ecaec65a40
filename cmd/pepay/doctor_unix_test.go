//go:build !windows

package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestDoctorWhereSettingsComeFrom(t *testing.T) {
	t.Parallel()
	server := account(t)
	file := envFile(t, 0o600, "PEPAY_API_KEY="+canary, "PEPAY_API_URL="+server.URL())
	r := pepayRun(t, append(at("http://127.0.0.1:1"), "PEPAY_COMMERCE_API_KEY="+commerceCanary), "doctor", "--json", "--env-file", file)
	r.wantDone(t)
	doctorFound(t, r, "settings env-file", "ok", "the file of --env-file sets PEPAY_API_KEY, PEPAY_API_URL; it has a key, so that the environment's PEPAY_COMMERCE_API_KEY does not count")
	doctorFound(t, r, "settings api-address", "ok", server.URL()+", from --env-file")
	doctorFound(t, r, "PEPAY_API_KEY key", "ok", "…7de9, from --env-file")
	r = pepayRun(t, []string{"PEPAY_ENV_FILE=" + file}, "doctor", "--json")
	r.wantDone(t)
	doctorFound(t, r, "PEPAY_API_KEY key", "ok", "…7de9, from PEPAY_ENV_FILE")

	keyFile := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(keyFile, []byte(canary+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r = pepayRun(t, []string{"PEPAY_API_KEY=pk_other_" + canary}, "doctor", "--json", "--api-key-file", keyFile, "--base-url", server.URL())
	r.wantDone(t)
	doctorFound(t, r, "settings api-address", "ok", "from --base-url")
	doctorFound(t, r, "settings stream-address", "ok", "which follows from the API address")
	doctorFound(t, r, "--api-key-file key", "ok", "…7de9, from the file")
}
