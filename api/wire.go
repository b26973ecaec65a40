package api

// The contract gives two fields a Go type of the client. On this side of the
// wire they are what is sent.
type (
	// Secret is a value in clear.
	Secret = string
	// Timestamp is epoch seconds.
	Timestamp = int64
)
