package wrapper_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pepaylabs/pepay-go/internal/canned"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// method is a method of a service, found by reflection, so that a new one is tested
// without a line here.
type method struct {
	name string // "Commerce.Carts.Get" for instance
	call reflect.Value
}

// printing lists methods that are for packages fmt and slog.
var printing = []string{"String", "GoString", "Format", "LogValue"}

// methodsOf finds the methods of all services of a client, those of a payor included.
func methodsOf(client *wrapper.Client) []method {
	var out []method
	var walk func(prefix string, service reflect.Value)
	fields := func(prefix string, of reflect.Value) {
		for i := range of.Elem().NumField() {
			field := of.Elem().Type().Field(i)
			if value := of.Elem().Field(i); field.IsExported() && field.Type.Kind() == reflect.Pointer {
				walk(prefix+field.Name, value)
			}
		}
	}
	walk = func(name string, service reflect.Value) {
		for i := range service.NumMethod() {
			if called := service.Type().Method(i).Name; !slices.Contains(printing, called) {
				out = append(out, method{name + "." + called, service.Method(i)})
			}
		}
		if !service.IsNil() {
			fields(name+".", service)
		}
	}
	fields("", reflect.ValueOf(client))
	walk("Payor", reflect.ValueOf(client.Payor(methodCanary, methodCanary)))
	return out
}

var (
	contextType = reflect.TypeFor[context.Context]()
	optionsType = reflect.TypeFor[[]wrapper.CallOption]()
	errorType   = reflect.TypeFor[error]()
)

// arguments are those between the context and the options.
func (m method) arguments() []reflect.Type {
	var out []reflect.Type
	for i := 1; i < m.call.Type().NumIn()-1; i++ {
		out = append(out, m.call.Type().In(i))
	}
	return out
}

// run calls the method and gives what it returns, errors and the options aside; a
// sequence is gone through, for ten elements at most.
func (m method) run(ctx context.Context, arguments []reflect.Value, opts ...wrapper.CallOption) (results []any, err error) {
	in := []reflect.Value{reflect.Zero(contextType)}
	if ctx != nil {
		in[0] = reflect.ValueOf(ctx)
	}
	out := m.call.CallSlice(append(append(in, arguments...), reflect.ValueOf(opts)))
	for _, value := range out {
		switch {
		case value.Type() == errorType:
			err, _ = value.Interface().(error)
		case value.Type().CanSeq2():
			n := 0
			for item, failed := range value.Seq2() {
				if err, _ = failed.Interface().(error); err == nil {
					results = append(results, item.Interface())
				}
				if n++; n == 10 {
					break
				}
			}
		default:
			results = append(results, value.Interface())
		}
	}
	return results, err
}

// usable holds arguments that the checks of a method accept, as JSON, where a plain
// value will not do.
var usable = map[string]string{
	"wrapper.Customer":             `{"customer_id":"cust_1"}`,
	"[]string":                     `["v1"]`,
	"wrapper.Wait":                 `{}`,
	"pepay.CartItemInput":          `{"productId":"p","retailer":"amazon","title":"t","price":1,"quantity":1}`,
	"pepay.EstimateRequest":        `{"customer_id":"cust_1","useCart":true}`,
	"pepay.CheckoutAddressRequest": `{"customer_id":"cust_1","estimateId":"est_1","address":{"first_name":"A"}}`,
	"pepay.CheckoutInvoiceRequest": `{"customer_id":"cust_1","estimateId":"est_1","addressId":"addr_1"}`,
	"pepay.SimulateOrderRequest":   `{"transitionTo":"placed"}`,
	"pepay.NetworkEnvironment":     `"devnet"`,
	"pepay.WSTokenScope":           `"merchant"`,
	"pepay.CreateInvoiceRequest":   `{"amount_usd":1.00,"description":"d","customer_id":"cust_1"}`,
	"pepay.AllocateAddressRequest": `{"network":"bsc","token_id":1}`,
	"pepay.VerifyInvoiceRequest":   `{"network":"bsc","transaction_hash":"0x1"}`,
	"pepay.CreateAPIKeyRequest":    `{"name":"n","scope":"merchant"}`,
	"[]pepay.QuestionResponse":     `[{"question_id":"q","question":"q","response":"r"}]`,
	"wrapper.TokenSearchParams":    `{}`,
	"wrapper.ProductSearchParams":  `{"Q":"tea"}`,
	"wrapper.InvoiceTotalsParams":  `{}`,
}

// usableArguments makes arguments that a method accepts.
func usableArguments(t *testing.T, m method) []reflect.Value {
	t.Helper()
	var out []reflect.Value
	for _, kind := range m.arguments() {
		value := reflect.New(kind)
		name := strings.TrimPrefix(kind.String(), "*")
		switch text, ok := usable[name]; {
		case ok:
			if err := json.Unmarshal([]byte(text), value.Interface()); err != nil {
				t.Fatalf("%s: %s: %v", m.name, name, err)
			}
		case kind.Kind() == reflect.String:
			value.Elem().SetString("v1")
		case isInteger(kind):
			value.Elem().SetInt(1)
		}
		out = append(out, value.Elem())
	}
	return out
}

func isInteger(kind reflect.Type) bool {
	return kind.Kind() == reflect.Int || kind.Kind() == reflect.Int64
}

func zeroArguments(m method) []reflect.Value {
	var out []reflect.Value
	for _, kind := range m.arguments() {
		out = append(out, reflect.Zero(kind))
	}
	return out
}

// recorder answers with documented examples, without a network, and notes which
// operations were asked for.
type recorder struct {
	canned canned.Server
	answer func(example *http.Response) (*http.Response, error) // nil: the example

	mu sync.Mutex
}

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	inner := req.Clone(context.Background())
	if inner.Body == nil {
		inner.Body = http.NoBody
	}
	answer := httptest.NewRecorder()
	r.canned.ServeHTTP(answer, inner)
	if r.answer == nil {
		return answer.Result(), nil
	}
	return r.answer(answer.Result())
}

// operations lists what was asked for, each once.
func (r *recorder) operations() []string {
	var out []string
	for _, request := range r.canned.Requests() {
		if !slices.Contains(out, request.Operation) {
			out = append(out, request.Operation)
		}
	}
	return out
}

// fullClient has every credential that an option sets.
func fullClient(t *testing.T, transport http.RoundTripper, opts ...wrapper.Option) *wrapper.Client {
	t.Helper()
	client, err := wrapper.New(append([]wrapper.Option{
		wrapper.WithBaseURL("https://api.example"), wrapper.WithHTTPClient(&http.Client{Transport: transport}),
		wrapper.WithAPIKey("pk_1"), wrapper.WithCommerceAPIKey("ck_1"), wrapper.WithBearerToken("jwt"),
		wrapper.WithRetry(wrapper.RetryPolicy{}),
	}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// Every method takes a context first and options last, and returns an error last or a
// sequence that ends with one.
func TestServicesHaveOneShape(t *testing.T) {
	t.Parallel()
	methods := methodsOf(fullClient(t, nil))
	for _, m := range methods {
		kind := m.call.Type()
		last := kind.Out(kind.NumOut() - 1)
		if kind.NumIn() < 2 || kind.In(0) != contextType || !kind.IsVariadic() || kind.In(kind.NumIn()-1) != optionsType ||
			last != errorType && (kind.NumOut() != 1 || !last.CanSeq2()) {
			t.Errorf("%s is a %s", m.name, kind)
		}
	}
	if len(methods) < 60 {
		t.Errorf("found %d methods", len(methods))
	}
}

// Usable arguments lead to a request, and to a result from the documented example.
func TestEveryMethodWithItsExample(t *testing.T) {
	t.Parallel()
	for _, found := range methodsOf(fullClient(t, nil)) {
		t.Run(found.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				transport := &recorder{}
				m := named(t, fullClient(t, transport), found.name)
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				_, err := m.run(ctx, usableArguments(t, m))
				if waits := strings.HasSuffix(m.name, "WaitForStatus"); err != nil && (!waits || !errors.Is(err, context.DeadlineExceeded)) {
					t.Errorf("%v (arguments that are refused need a row in usable)", err)
				}
				if len(transport.operations()) == 0 {
					t.Error("nothing was sent")
				}
			})
		})
	}
}

func named(t *testing.T, client *wrapper.Client, name string) method {
	t.Helper()
	for _, m := range methodsOf(client) {
		if m.name == name {
			return m
		}
	}
	t.Fatalf("there is no method %s", name)
	return method{}
}

// zeroIsFine lists the methods whose plain arguments may all be zero, and why.
var zeroIsFine = map[string]string{
	"APIKeys.List":                 "no scope lists keys of both",
	"Tokens.List":                  "no environment is the account's",
	"Settlement.SetToken":          "0 is Pepay's default",
	"Commerce.Payments.BulkStatus": "no ids are no results",
}

// A method with plain arguments, such as an id, refuses zero values before anything is
// sent. A nil context and a nil option are refused by all.
func TestEveryMethodRefusesBeforeSending(t *testing.T) {
	t.Parallel()
	tried := 0
	for _, found := range methodsOf(fullClient(t, nil)) {
		transport := &recorder{}
		m := named(t, fullClient(t, transport), found.name)
		refused := func(what string, err error) {
			t.Helper()
			if !errors.Is(err, wrapper.ErrInvalidArgument) || len(transport.operations()) > 0 {
				t.Errorf("%s, %s: %v after %v", m.name, what, err, transport.operations())
			}
		}
		if m.name != "Commerce.Payments.BulkStatus" { // without ids it does nothing
			var none context.Context
			_, err := m.run(none, usableArguments(t, m))
			refused("nil context", err)
			_, err = m.run(t.Context(), usableArguments(t, m), nil)
			refused("nil option", err)
		}
		plain := slices.ContainsFunc(m.arguments(), func(kind reflect.Type) bool {
			return kind.Kind() == reflect.String || isInteger(kind)
		})
		if plain && zeroIsFine[m.name] == "" {
			tried++
			_, err := m.run(t.Context(), zeroArguments(m))
			refused("zero arguments", err)
		}
	}
	if tried < 10 {
		t.Errorf("tried %d methods", tried)
	}
}
