// Package contract validates what the client and the simulator send each other
// against api/openapi.effective.json, the document that both are generated from.
// The validator shares no code with either, so that it finds a mistake that both
// make.
package contract

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// Validator checks requests and answers against the document. It is safe for
// concurrent use.
type Validator struct {
	router  routers.Router
	options *openapi3filter.Options
}

// NewValidator makes a validator from an OpenAPI document. The servers of the
// document are ignored: a simulator runs wherever there is a free port.
func NewValidator(document []byte) (*Validator, error) {
	doc, err := openapi3.NewLoader().LoadFromData(document)
	if err != nil {
		return nil, err
	}
	doc.Servers = nil
	for _, item := range doc.Paths.Map() {
		item.Servers = nil
		for _, op := range item.Operations() {
			op.Servers = nil
		}
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		return nil, err
	}
	return &Validator{router: router, options: &openapi3filter.Options{
		IncludeResponseStatus: true, // an answer that is not listed is a mistake
		SkipSettingDefaults:   true, // the request is validated as it was sent
		MultiError:            true,
		AuthenticationFunc:    checkCredentialPresent,
	}}, nil
}

// request validates what is about to be sent. The result is what [Validator.response] needs.
func (v *Validator) request(req *http.Request) (*openapi3filter.RequestValidationInput, error) {
	route, params, err := v.router.FindRoute(req)
	if err != nil {
		return nil, fmt.Errorf("request %s %s is not in the document: %w", req.Method, req.URL.Path, err)
	}
	input := &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route, Options: v.options}
	if err := openapi3filter.ValidateRequest(req.Context(), input); err != nil {
		return input, fmt.Errorf("request %s %s: %w", req.Method, req.URL.Path, err)
	}
	return input, nil
}

// response validates an answer to a request that is in the document.
func (v *Validator) response(input *openapi3filter.RequestValidationInput, resp *http.Response, body []byte) error {
	options := *v.options
	// After 101 the connection speaks another protocol.
	options.ExcludeResponseBody = resp.StatusCode == http.StatusSwitchingProtocols
	err := openapi3filter.ValidateResponse(input.Request.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input,
		Status:                 resp.StatusCode,
		Header:                 resp.Header,
		Body:                   io.NopCloser(bytes.NewReader(body)),
		Options:                &options,
	})
	if err != nil {
		return fmt.Errorf("answer %d to %s %s: %w", resp.StatusCode, input.Request.Method, input.Request.URL.Path, err)
	}
	return nil
}

// checkCredentialPresent checks that a request has the credential of a scheme where
// the document puts it. It does not check its value.
func checkCredentialPresent(_ context.Context, in *openapi3filter.AuthenticationInput) error {
	scheme, req := in.SecurityScheme, in.RequestValidationInput.Request
	var values []string
	switch {
	case scheme.Type == "apiKey" && scheme.In == "header":
		values = req.Header.Values(scheme.Name)
	case scheme.Type == "apiKey" && scheme.In == "query":
		values = req.URL.Query()[scheme.Name]
	case scheme.Type == "apiKey" && scheme.In == "cookie":
		for _, cookie := range req.CookiesNamed(scheme.Name) {
			values = append(values, cookie.Value)
		}
	default: // http, oauth2 and openIdConnect travel in Authorization
		kind := scheme.Scheme
		if scheme.Type != "http" {
			kind = "bearer"
		}
		for _, value := range req.Header.Values("Authorization") {
			if word, credential, _ := strings.Cut(value, " "); strings.EqualFold(word, kind) {
				values = append(values, credential)
			}
		}
	}
	if len(values) != 1 || values[0] == "" {
		return fmt.Errorf("credential %s: sent %d times, or empty", in.SecuritySchemeName, len(values))
	}
	return nil
}
