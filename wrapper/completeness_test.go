package wrapper

import (
	"reflect"
	"strings"
	"testing"

	"github.com/pepaylabs/pepay-go"
)

// friendly says by which method of the client an operation is called.
var friendly = map[string]string{
	"mintWsToken": "WSTokens.Mint",
	"listEvents":  "Events.List",
	"getEvent":    "Events.Get",
	// Upgrades to a WebSocket, for package stream.
	"openMerchantStream": "Authorize",
	"openCommerceStream": "Authorize",
	"openPaymentStream":  "Authorize",
}

// An operation that the contract gains works through API at once; this test is
// the reminder that it may deserve a method.
func TestEveryOperationHasAMethod(t *testing.T) {
	t.Parallel()
	client := reflect.ValueOf(newTestClient(t, nil))
	for _, op := range pepay.Operations() {
		path, ok := friendly[op.ID]
		if !ok {
			t.Errorf("%s (%s %s) has no friendly method", op.ID, op.Method, op.Path)
			continue
		}
		receiver, method := client, path
		if service, name, found := strings.Cut(path, "."); found {
			receiver, method = client.Elem().FieldByName(service), name
		}
		if !receiver.MethodByName(method).IsValid() {
			t.Errorf("%s should be called by Client.%s, which does not exist", op.ID, path)
		}
	}
}
