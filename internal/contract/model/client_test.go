package model_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"pgregory.net/rapid"

	"github.com/pepaylabs/pepay-go/pepaytest"
)

// credential is the headers of one way to authenticate.
type credential map[string]string

func merchantKey(s *pepaytest.Server) credential { return credential{"X-Api-Key": s.APIKey()} }

func commerceKey(s *pepaytest.Server) credential {
	return credential{"X-Commerce-Api-Key": s.CommerceAPIKey()}
}

func bearer(s *pepaytest.Server) credential {
	return credential{"Authorization": "Bearer " + s.BearerToken()}
}

// answer is what the simulator answered.
type answer struct {
	method, path string
	status       int
	body         string
}

func (a answer) String() string {
	return fmt.Sprintf("%s %s: %d %s", a.method, a.path, a.status, a.body)
}

// call sends one request with plain net/http: no code of the client's is in between.
// lost says that the connection broke, which faults make it do.
func (m *machine) call(t *rapid.T, who credential, method, path string, body any, headers ...string) (a answer, lost bool) {
	t.Helper()
	var reader io.Reader = http.NoBody
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		reader = strings.NewReader(string(encoded))
	}
	req, err := http.NewRequestWithContext(m.ctx, method, m.server.URL()+path, reader)
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, value := range who {
		req.Header.Set(name, value)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := m.server.Client().Do(req)
	if err != nil {
		return answer{method: method, path: path}, true
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	return answer{method, path, resp.StatusCode, string(data)}, err != nil
}

// ask is call where no fault is on.
func (m *machine) ask(t *rapid.T, who credential, method, path string, body any, headers ...string) answer {
	t.Helper()
	a, lost := m.call(t, who, method, path, body, headers...)
	if lost {
		t.Fatalf("%s %s: no answer", method, path)
	}
	return a
}

// want fails the test unless the answer has the status.
func (a answer) want(t *rapid.T, status int) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("%v, want %d", a, status)
	}
	return a
}

// read decodes a body that has no envelope.
func read[T any](t *rapid.T, a answer) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("%v: %v", a, err)
	}
	return v
}

// inData decodes what is in the envelope's data.
func inData[T any](t *rapid.T, a answer) T {
	t.Helper()
	v := read[struct {
		Success bool `json:"success"`
		Data    *T   `json:"data"`
	}](t, a)
	if !v.Success || v.Data == nil {
		t.Fatalf("%v: no data", a)
	}
	return *v.Data
}
