package wrapper_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/pepaytest"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/webhook"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// mintForPage is the README's example as it stands there.
func mintForPage(ctx context.Context) (*pepay.WSToken, error) {
	client, err := wrapper.New() // reads PEPAY_API_KEY
	if err != nil {
		return nil, err
	}
	return client.WSTokens.Mint(ctx, wrapper.MintParams{Scope: pepay.WSTokenScopeMerchant})
}

func Example_environment() {
	server, err := pepaytest.Start("127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	for name, value := range map[string]string{"PEPAY_API_URL": server.URL(), "PEPAY_API_KEY": server.APIKey()} {
		defer os.Setenv(name, os.Getenv(name))
		os.Setenv(name, value)
	}

	token, err := mintForPage(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token.Scope, token.Token)
	// Output: merchant [redacted]
}

// followInvoices is the README's example of a stream.
func followInvoices(ctx context.Context, client *wrapper.Client, handle func(*pepay.Event) error) error {
	events := stream.Merchant(client, stream.Options{
		Types:  []string{"invoice.*"},
		Cursor: stream.FileCursor("cursor"), // go on after a restart
	})
	for ev, err := range events.Events(ctx) {
		if err != nil {
			return err // what can pass was retried
		}
		if err := handle(ev); err != nil {
			return err // ev comes again next time
		}
	}
	return nil
}

func TestReadmeStream(t *testing.T) {
	server := pepaytest.NewServer(t)
	client, err := wrapper.New(wrapper.WithBaseURL(server.URL()), wrapper.WithAPIKey(server.APIKey()))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir()) // for the cursor
	ids := emit(t, server, pepay.EventInvoiceUpdated, 3)
	if err := stream.FileCursor("cursor").Save(t.Context(), ids[0]); err != nil {
		t.Fatal(err)
	}
	enough := errors.New("enough")
	var seen []string
	err = followInvoices(t.Context(), client, func(ev *pepay.Event) error {
		if seen = append(seen, ev.ID); len(seen) == 2 {
			return enough
		}
		return nil
	})
	if cursor, loadErr := stream.FileCursor("cursor").Load(t.Context()); !errors.Is(err, enough) || !slices.Equal(seen, ids[1:]) || cursor != ids[1] {
		t.Errorf("%v after %v, the cursor is %s (%v)", err, seen, cursor, loadErr)
	}
}

// receiveWebhooks is the README's example of a webhook endpoint.
func receiveWebhooks(handle func(context.Context, *pepay.Event) error) (http.Handler, error) {
	verifier, err := webhook.FromEnv() // PEPAY_WEBHOOK_SECRET, and PEPAY_WEBHOOK_SECRET_PREVIOUS while it rotates
	if err != nil {
		return nil, err
	}
	return verifier.Handler(handle), nil // 200 when handle has returned nil, now or before; else Pepay delivers again
}

func TestReadmeWebhook(t *testing.T) {
	t.Setenv("PEPAY_WEBHOOK_SECRET", "the endpoint's secret")
	t.Setenv("PEPAY_WEBHOOK_SECRET_PREVIOUS", "")
	handled := make(chan string, 9)
	handler, err := receiveWebhooks(func(_ context.Context, ev *pepay.Event) error {
		handled <- ev.ID
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	receiver := httptest.NewServer(handler)
	defer receiver.Close()
	server := pepaytest.NewServer(t, pepaytest.WithDuplicateDeliveries(1), pepaytest.WithWebhookRetry(9, 0))
	endpoint := server.AddWebhook(receiver.URL, "the endpoint's secret")
	ids := emit(t, server, pepay.EventInvoiceUpdated, 1)
	if err := endpoint.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(handled) != 1 || <-handled != ids[0] || len(endpoint.Deliveries()) != 2 {
		t.Errorf("handled %d times, %+v", len(handled), endpoint.Deliveries())
	}
}

func TestReadmeSimulator(t *testing.T) {
	t.Parallel()
	server := pepaytest.NewServer(t)
	client, err := wrapper.New(wrapper.WithBaseURL(server.URL()), wrapper.WithAPIKey(server.APIKey()))
	if err != nil {
		t.Fatal(err)
	}
	server.Faults().On("mintWsToken", pepaytest.Status(503), pepaytest.Next(1)) // the next answer; the client retries
	_, err = client.WSTokens.Mint(t.Context(), wrapper.MintParams{})
	if err != nil || len(server.Requests()) != 2 {
		t.Errorf("%v after %d requests", err, len(server.Requests()))
	}
}

// Every Go snippet of the README stands in this file, where it is compiled and run.
func TestReadmeSnippetsAreCompiled(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("readme_test.go")
	if err != nil {
		t.Fatal(err)
	}
	snippets := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(readme), -1)
	if len(snippets) < 2 {
		t.Fatalf("found %d Go snippets in the README", len(snippets))
	}
	for _, snippet := range snippets {
		if !strings.Contains(unindent(string(source)), unindent(snippet[1])) {
			t.Errorf("this snippet is not in readme_test.go:\n%s", snippet[1])
		}
	}
}

func unindent(text string) string {
	return regexp.MustCompile(`(?m)^[\t ]+`).ReplaceAllString(text, "")
}
