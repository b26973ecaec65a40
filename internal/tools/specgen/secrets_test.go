package main

import (
	"slices"
	"strings"
	"testing"
)

func TestSecretMethods(t *testing.T) {
	t.Parallel()
	const source = `package pepay
type Direct struct { Token Secret }
type Pointer struct { Token *Secret }
type List struct { Tokens []Secret }
type Map struct { Tokens map[string]Secret }
type Inline struct { Inner struct { Deep []struct { Token Secret } } }
type Nested struct { Direct Direct }
type Deep struct { Nested []map[string]*Nested }
type Keys []Direct
type ByName map[string]Direct
type Generic struct { Data Envelope[Direct] }
type Union struct { union json.RawMessage }
func (t Union) AsDirect() (Direct, error) { return Direct{}, nil }
type HasUnion struct { U *Union }
type Loop struct { Loop *Loop; Direct *Direct }
type Alias = Direct
type ToPointer *Direct
type GetDirectAnswer struct { Answer; JSON200 *Direct }
type Plain struct { Secret string; Token string; Loop *Plain }
type PlainUnion struct { union json.RawMessage }
func (t PlainUnion) AsPlain() (Plain, error) { return Plain{}, nil }
func (c *Client) Direct(d Direct) (*http.Response, error) { return nil, nil }
type Client struct { Server string }
`
	got, err := secretMethods([]byte(source))
	if err != nil {
		t.Fatal(err)
	}
	var holders []string
	for line := range strings.Lines(string(got)) {
		if name, ok := strings.CutPrefix(line, "func (v "); ok && strings.Contains(line, ") LogValue() slog.Value") {
			name, _, _ = strings.Cut(name, ")")
			holders = append(holders, name)
			if !strings.Contains(string(got), "func (v "+name+") Format(f fmt.State, _ rune)") {
				t.Errorf("%s has no Format", name)
			}
		}
	}
	want := []string{"ByName", "Deep", "Direct", "Generic", "HasUnion", "Inline", "Keys", "List", "Loop", "Map", "Nested", "Pointer", "Union"}
	if !slices.Equal(holders, want) {
		t.Errorf("got %v, want %v", holders, want)
	}
	if got, err := secretMethods([]byte("package pepay\ntype Plain struct { A string }\n")); err != nil || strings.Contains(string(got), "import") {
		t.Errorf("without a secret: %v\n%s", err, got)
	}
	if _, err := secretMethods([]byte("no Go")); err == nil {
		t.Error("text that is no Go is accepted")
	}
}
