package server

// Example is an answer that stands for one that the documentation does not show. It
// has no body where Body is empty.
type Example struct {
	Status int
	Body   string // JSON
}

// ExampleOf is the answer of an operation that is documented only by name. Any other
// operation has none.
func ExampleOf(operationID string) (Example, bool) {
	example, ok := examples[operationID]
	return example, ok
}
