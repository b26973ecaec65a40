package pepay_test

import (
	"encoding/json"
	"fmt"
	"log"

	"github.com/pepaylabs/pepay-go"
)

func ExampleSecret() {
	key := pepay.Secret("a secret value")
	fmt.Printf("%v %s %#v\n", key, key, key)
	fmt.Println(len(key.Reveal()))
	// Output:
	// [redacted] [redacted] [redacted]
	// 14
}

func ExampleTimestamp() {
	for _, wire := range []string{`1766320496`, `"2025-12-21T12:34:56.000Z"`} {
		var at pepay.Timestamp
		if err := json.Unmarshal([]byte(wire), &at); err != nil {
			log.Fatal(err)
		}
		fmt.Println(at)
	}
	// Output:
	// 2025-12-21 12:34:56 +0000 UTC
	// 2025-12-21 12:34:56 +0000 UTC
}

func ExampleOperations() {
	for _, op := range pepay.Operations() {
		fmt.Println(op.ID, op.Method, op.Path)
	}
	fmt.Println(pepay.SecuritySchemes()["merchantApiKey"].Name)
	// Output:
	// mintWsToken POST /api/v1/ws/token
	// x-api-key
}
