//go:build pepay_generated_code_may_need_this

package pepay

// Generated code imports the runtime as soon as an operation has a parameter.
// The requirement in go.mod has to be there before that day, so that a grown
// contract needs no edit by hand.
import _ "github.com/oapi-codegen/runtime"
