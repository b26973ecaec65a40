package pepay

import (
	"context"
	"errors"
	"io"
)

// ErrInvalidArgument means that an option or argument cannot be used; the text
// names it. Nothing was sent.
var ErrInvalidArgument = errors.New("pepay: invalid argument")

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
	// Success lists the documented success answers, by status.
	Success []SuccessAnswer
	// Form says where in a JSON success what was asked for is. It is empty where no
	// success is documented with JSON.
	Form AnswerForm
}

// SuccessAnswer is a documented success of an operation.
type SuccessAnswer struct {
	// Status is "200" for instance, or "2XX" for all that are not listed.
	Status string
	// MediaTypes lists what the body may be, in lower case and without parameters.
	// An answer without any has no body.
	MediaTypes []string
}

// AnswerForm says where in a JSON answer what was asked for is.
type AnswerForm string

// The forms of Pepay's JSON answers.
const (
	// AnswerInData is {"success":true,"data":…}: what was asked for is the data.
	AnswerInData AnswerForm = "data"
	// AnswerWhole is an answer without an envelope, or one whose members stand
	// beside success.
	AnswerWhole AnswerForm = "whole"
)

// SecurityScheme is a credential the document knows. Type is "apiKey", "http",
// "oauth2" or "openIdConnect"; an apiKey travels In "header", "query" or
// "cookie" under Name; an http credential names its Scheme, such as "bearer".
type SecurityScheme struct {
	Type, In, Name, Scheme string
}

// operationContext carries the operation that a request is for. It is a type of
// its own because context.WithValue would allocate the value a second time.
type operationContext struct {
	context.Context
	operation string
}

type operationKey struct{}

func (c *operationContext) Value(key any) any {
	if key == (operationKey{}) {
		return c
	}
	return c.Context.Value(key)
}

// withOperation returns a context for a request of the operation, which is given
// by method and documented path: "GET /api/v1/events/{eventId}". The generated
// client calls it, so that nobody has to guess the operation from the URL.
func withOperation(ctx context.Context, operation string) context.Context {
	return &operationContext{ctx, operation}
}

// OperationOf returns the operation that the generated client made a request for,
// given the request's context: its method and documented path, such as
// "GET /api/v1/events/{eventId}". It is empty for any other request.
func OperationOf(ctx context.Context) string {
	if c, ok := ctx.Value(operationKey{}).(*operationContext); ok {
		return c.operation
	}
	return ""
}

// parsed is what a generated method returns about the answer it has parsed. A
// body that has the method Parsed learns how that went and may replace the error:
// package wrapper logs a call with the outcome that its caller gets.
func parsed(body io.ReadCloser, err error) error {
	if observer, ok := body.(interface{ Parsed(err error) error }); ok {
		return observer.Parsed(err)
	}
	return err
}
