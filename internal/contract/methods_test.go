package contract_test

import (
	"context"
	"errors"
	"iter"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"testing"

	"github.com/pepaylabs/pepay-go/internal/canned"
	"github.com/pepaylabs/pepay-go/internal/contract"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// methods calls every method of every service, with every argument set. The names are
// paths from wrapper.Client; the methods of a payor's session are below Payor.
var methods = merge(merchantMethods, accountMethods, cartMethods, orderMethods)

type calls = map[string]func(ctx context.Context, c *wrapper.Client) error

func merge(parts ...calls) calls {
	all := calls{}
	for _, part := range parts {
		maps.Copy(all, part)
	}
	return all
}

// What every method of every service sends, and what it is answered with, is in the
// contract. The answers are the examples of Pepay's documentation.
func TestMethodsConform(t *testing.T) {
	t.Parallel()
	have := serviceMethods()
	for name := range methods {
		if !slices.Contains(have, name) {
			t.Errorf("%s is called here, and package wrapper has no such method", name)
		}
	}
	for _, name := range have {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			call := methods[name]
			if call == nil {
				t.Fatal("nothing calls it here: add it to methods")
			}
			client, transport := cannedClient(t)
			if err := call(t.Context(), client); err != nil {
				t.Error(err)
			}
			exchanges := transport.Exchanges()
			if len(exchanges) == 0 {
				t.Error("nothing was sent")
			}
			for _, exchange := range exchanges {
				if err := errors.Join(exchange.Request, withoutPlaceholders(exchange.Answer)); err != nil {
					t.Errorf("%s: %v", exchange.Operation, err)
				}
			}
		})
	}
}

// cannedClient is a client with every credential that a merchant can have, the
// validator, and a server that answers with the documented examples.
func cannedClient(t *testing.T) (*wrapper.Client, *contract.Transport) {
	t.Helper()
	validator, err := effective()
	if err != nil {
		t.Fatal(err)
	}
	server := canned.Start(t)
	transport := &contract.Transport{Validator: validator, Base: server.Client().Transport}
	client, err := wrapper.New(
		wrapper.WithBaseURL(server.URL()),
		wrapper.WithHTTPClient(&http.Client{Transport: transport}),
		wrapper.WithAPIKey("sk_test"),
		wrapper.WithCommerceAPIKey("ck_test"),
		wrapper.WithBearerToken("header.claims.signature"),
		wrapper.WithRetry(wrapper.RetryPolicy{}),
	)
	if err != nil {
		t.Fatal(err)
	}
	return client, transport
}

// serviceMethods lists the methods of the services of a client and of their parts, as
// they are written in a program: "Commerce.Carts.Get".
func serviceMethods() []string {
	client := reflect.TypeFor[*wrapper.Client]()
	names := methodsBelow("", client)
	if payor, ok := client.MethodByName("Payor"); ok {
		names = append(names, methodsOf("Payor.", payor.Type.Out(0))...)
	}
	return names
}

func methodsBelow(prefix string, service reflect.Type) []string {
	var names []string
	for i := range service.Elem().NumField() {
		field := service.Elem().Field(i)
		if field.IsExported() {
			names = append(names, methodsOf(prefix+field.Name+".", field.Type)...)
			names = append(names, methodsBelow(prefix+field.Name+".", field.Type)...)
		}
	}
	return names
}

func methodsOf(prefix string, service reflect.Type) []string {
	var names []string
	for i := range service.NumMethod() {
		// What takes no context sends nothing: Format, LogValue.
		if m := service.Method(i); m.Type.NumIn() > 1 && m.Type.In(1) == reflect.TypeFor[context.Context]() {
			names = append(names, prefix+m.Name)
		}
	}
	return names
}

// second is the error of a call with a result.
func second[T any](_ T, err error) error { return err }

// first is the error with which a sequence begins. The page that the server answers
// with is always the same.
func first[T any](all iter.Seq2[T, error]) error {
	for _, err := range all {
		return err
	}
	return nil
}
