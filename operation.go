package pepay

// Operation describes one operation of the document: what a transport has to
// know to authenticate and repeat it. [Operations] lists them.
type Operation struct {
	// ID is the document's operationId, "mintWsToken" for instance.
	ID string
	// Method and Path are as documented; parameters of the path stand in braces.
	Method, Path string
	// Security holds the alternatives, any of which is enough (OR), each a set of
	// schemes that are needed together (AND), with their scopes. No alternative at
	// all means a public operation. An empty alternative means that the operation
	// may also be called anonymously.
	Security []map[string][]string
	// IdempotencyKey says that the operation documents the Idempotency-Key header.
	IdempotencyKey bool
	// Repeatable says that sending the request again does no harm, without a key.
	Repeatable bool
	// JSON lists the success statuses documented with a JSON body: "200", or "2XX"
	// for all of them.
	JSON []string
}

// SecurityScheme is a credential the document knows. Type is "apiKey", "http",
// "oauth2" or "openIdConnect"; an apiKey travels In "header", "query" or
// "cookie" under Name; an http credential names its Scheme, such as "bearer".
type SecurityScheme struct {
	Type, In, Name, Scheme string
}
