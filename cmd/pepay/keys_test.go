package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

const (
	keyID      = "550e8400-e29b-41d4-a716-446655440000"
	activeKey  = `{"key_id":"` + keyID + `","name":"Production API Key","scope":"merchant","expires_at":"2025-12-31T23:59:59Z","status":"active","last_used_at":"2024-03-15T14:30:00Z","created_at":"2024-03-01T12:00:00Z"}`
	revokedKey = `{"key_id":"key_2","name":"Dev","scope":"commerce","expires_at":null,"status":"revoked","last_used_at":null,"created_at":1764590400}`
	createdKey = `{"key_id":"` + keyID + `","name":"server","scope":"merchant","api_key":"pk_live_new","expires_at":"2025-12-31T23:59:59Z"}`
)

func TestKeys(t *testing.T) {
	t.Parallel()
	list := "[" + activeKey + "," + revokedKey + "]"
	revoke := "/api/v1/api-keys/" + keyID + "/revoke"
	runCases(t, []commandCase{
		{
			name: "list", args: []string{"keys", "list"}, answers: map[string]string{"/api/v1/api-keys": list}, asked: []string{"GET /api/v1/api-keys"},
			stdout: `KEY                                   NAME                SCOPE     STATUS   LAST USED   EXPIRES     CREATED
550e8400-e29b-41d4-a716-446655440000  Production API Key  merchant  active   2024-03-15  2025-12-31  2024-03-01
key_2                                 Dev                 commerce  revoked  -           never       2025-12-01
`,
		},
		{
			name: "list of a scope, as JSON", args: []string{"keys", "list", "--scope", "commerce", "--json", "--limit", "1"}, answers: map[string]string{"/api/v1/api-keys?scope=commerce": list},
			asked: []string{"GET /api/v1/api-keys?scope=commerce"}, stdout: activeKey + "\n",
		},
		{
			name: "create", args: []string{"keys", "create", "--name", "server", "--scope", "merchant"}, answers: map[string]string{"/api/v1/api-keys": createdKey},
			asked: []string{`POST /api/v1/api-keys {"name":"server","scope":"merchant"}`}, stdout: "pk_live_new\n",
			stderr: "id       " + keyID + "\nname     server\nscope    merchant\nexpires  2025-12-31T23:59:59Z\nkey      is shown once, keep it as a password\n",
		},
		{
			name: "create as JSON", args: []string{"keys", "create", "--name", "server", "--scope", "merchant", "--json"}, answers: map[string]string{"/api/v1/api-keys": createdKey},
			asked: []string{`POST /api/v1/api-keys {"name":"server","scope":"merchant"}`}, stdout: createdKey + "\n",
		},
		{
			name: "create refused", args: []string{"keys", "create", "--name", "server", "--scope", "merchant"}, answers: map[string]string{"/api/v1/api-keys": "!403"},
			asked: []string{`POST /api/v1/api-keys {"name":"server","scope":"merchant"}`}, code: exitRefused,
			stderr: "pepay: createApiKey: 403 REFUSED: refused on purpose; this credential does not allow it\n",
		},
		{
			name: "revoke", args: []string{"keys", "revoke", keyID, "--yes"}, answers: map[string]string{revoke: `{"message":"API key revoked successfully"}`}, asked: []string{"POST " + revoke},
		},
		{
			name: "revoke with nobody to ask", args: []string{"keys", "revoke", keyID}, stdin: "y\n", code: exitUsage,
			stderr: "pepay: 'pepay keys revoke' asks before it goes on, and nobody is at a terminal; use --yes\n",
		},
	})
	api := newFakeAPI(t, map[string]string{"/api/v1/api-keys": list})
	pepayRun(t, api.env(), "keys", "list").wantDone(t)
	if got := api.sent("Authorization"); got[0] != "Bearer "+bearerCanary || api.sent("x-api-key")[0] != "" {
		t.Errorf("sent %q, and %q as x-api-key", got, api.sent("x-api-key"))
	}
	pepayRun(t, at(api.URL), "keys", "list").wantError(t, exitRefused, "no token of the dashboard, which this takes instead of an API key; set PEPAY_JWT")
}

func TestKeysExpire(t *testing.T) {
	t.Parallel()
	api := newFakeAPI(t, map[string]string{"/api/v1/api-keys": createdKey})
	pepayRun(t, api.env(), "keys", "create", "--name", "server", "--scope", "commerce", "--expires-in", "48h").wantDone(t)
	var body struct {
		ExpiresAt time.Time `json:"expires_at"`
	}
	_, sent, _ := strings.Cut(api.asked()[0], "/api/v1/api-keys ")
	if err := json.Unmarshal([]byte(sent), &body); err != nil {
		t.Fatal(err)
	}
	if left := time.Until(body.ExpiresAt); left < 47*time.Hour || left > 48*time.Hour {
		t.Errorf("%s: in %s", sent, left)
	}
}

func TestKeysWrongUsage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"no name", []string{"create", "--scope", "merchant"}, "--name: say what the key is for"},
		{"long name", []string{"create", "--scope", "merchant", "--name", strings.Repeat("ä", 256)}, "--name: say what the key is for, in 1 to 255 characters"},
		{"no scope", []string{"create", "--name", "a"}, "--scope: write merchant or commerce"},
		{"unknown scope", []string{"create", "--name", "a", "--scope", canary}, "--scope: write merchant or commerce"},
		{"unknown scope of a list", []string{"list", "--scope", canary}, "--scope: write merchant or commerce"},
		{"expired", []string{"create", "--name", "a", "--scope", "merchant", "--expires-in", "-1h"}, "--expires-in: write a duration from 1s up"},
		{"key instead of an id", []string{"revoke", canary, "--yes"}, "write the id of the key, as 'pepay keys list' shows it, and not the key itself"},
		{"no id", []string{"revoke", "--yes"}, "say which key, by its id"},
		{"flag for an API key", []string{"list", "--api-key-file", "x"}, "unknown flag --api-key-file; see 'pepay keys list --help'"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			pepayRun(t, at("http://127.0.0.1:1"), append([]string{"keys"}, c.args...)...).wantError(t, exitUsage, c.want)
		})
	}
}
