package pepaytest

import (
	"net/http"
	"strings"
)

// problem is an error answer in the envelope Pepay documents first:
// https://docs-alpha.pepay.io/api-spec/errors
type problem struct {
	status        int
	code, message string
}

// The codes and messages of the first three are Pepay's; the others have no
// documented code and read like them.
func invalidRequest(message string) *problem {
	return &problem{http.StatusBadRequest, "VALIDATION_ERROR", message}
}

func invalidKey() *problem {
	return &problem{http.StatusUnauthorized, "API_KEY_INVALID", "Invalid API key"}
}

func internalError() *problem {
	return &problem{http.StatusInternalServerError, "INTERNAL_SERVER_ERROR", "Internal server error"}
}

func notFound(method, path string) *problem {
	return &problem{http.StatusNotFound, "NOT_FOUND", "Nothing at " + method + " " + path}
}

func methodNotAllowed(method, path string) *problem {
	return &problem{http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED", method + " is not documented for " + path}
}

func bodyTooLarge() *problem {
	return &problem{http.StatusRequestEntityTooLarge, "PAYLOAD_TOO_LARGE", "The request body is larger than 1 MiB"}
}

func notSimulated(operation string) *problem {
	return &problem{http.StatusNotImplemented, "NOT_SIMULATED", "pepaytest does not simulate " + operation}
}

func (p *problem) write(w http.ResponseWriter) {
	writeJSON(w, p.status, failure(p.code, p.message))
}

type failureBody struct {
	Success bool `json:"success"`
	Error   struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

func failure(code, message string) failureBody {
	var body failureBody
	body.Error.Code, body.Error.Message = code, message
	return body
}

// statusBody is what Pepay answers with a status, as far as it is documented:
// one envelope for 400 and 401, another for 429, a legacy one for 500. The human
// retry_after hint of the documented 429 is left out, since it would say
// "15 minutes" whatever the Retry-After header says.
func statusBody(code int) any {
	switch {
	case code < 300:
		return map[string]any{"success": true}
	case code == http.StatusBadRequest:
		return failure("VALIDATION_ERROR", "Invalid request data")
	case code == http.StatusUnauthorized:
		return failure("API_KEY_INVALID", "Invalid API key")
	case code == http.StatusTooManyRequests:
		return struct {
			Success   bool   `json:"success"`
			Message   string `json:"message"`
			ErrorCode string `json:"error_code"`
		}{false, "Too many requests from this IP. Please try again later.", "RATE_LIMIT_EXCEEDED"}
	case code == http.StatusInternalServerError:
		return struct {
			Error string `json:"error"`
			Code  string `json:"code"`
		}{"Internal server error", "INTERNAL_SERVER_ERROR"}
	}
	text := http.StatusText(code)
	if text == "" {
		text = "Simulated failure"
	}
	return failure(strings.ToUpper(strings.ReplaceAll(text, " ", "_")), text)
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	encoded := encode(body)
	w.Header().Set("Content-Type", contentTypeJSON)
	w.WriteHeader(status)
	_, _ = w.Write(encoded)
}
