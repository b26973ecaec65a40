package pepaytest

import "github.com/pepaylabs/pepay-go/internal/server"

// exampleHeader marks an answer that was made up from the contract: Pepay documents
// the operation only by name.
const exampleHeader = "X-Pepaytest-Example"

// writeExample answers an operation that has no handler with the contract's example.
// It is the same whatever was asked for, and nothing happens in the state.
func (a *answer) writeExample(operationID string) {
	example, ok := server.ExampleOf(operationID)
	a.status = 0
	if !ok {
		notSimulated(operationID).write(a)
		return
	}
	a.header.Set(exampleHeader, "true")
	if example.Body != "" {
		a.header.Set("Content-Type", contentTypeJSON)
	}
	a.WriteHeader(example.Status)
	a.body.WriteString(example.Body)
}
