package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/util"
	"gopkg.in/yaml.v3"
)

// face is one package that oapi-codegen generates from the contract.
type face struct {
	config string // below root
	output string // the generated file, below root
	text   []byte // what oapi-codegen will write, not formatted
}

// faces are generated in this order: oapi-codegen keeps the response type suffix
// of one configuration for the next.
var faceConfigs = []string{"api/server.yaml", "api/client.yaml"}

// oapiCodegen is held while the library is used: it keeps its options in global
// variables, those that make Go names among them.
var oapiCodegen sync.Mutex

// generateFaces makes the text that oapi-codegen will write, from the same
// document with the same overlay and configuration, and writes nothing.
func generateFaces(root, published string, overlay []byte) ([]face, error) {
	dir, err := os.MkdirTemp("", "specgen")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	merged := filepath.Join(dir, "overlay.yaml")
	if err := os.WriteFile(merged, overlay, 0o600); err != nil {
		return nil, err
	}
	doc, err := util.LoadSwaggerWithOverlay(published, util.LoadSwaggerWithOverlayOpts{
		Path: merged, Strict: true, AllowRemoteRefsFrom: []string{},
	})
	if err != nil {
		return nil, err
	}
	// Generating changes the document: every face gets one of its own.
	text, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	var faces []face
	for i, config := range faceConfigs {
		if i > 0 {
			if doc, err = openapi3.NewLoader().LoadFromData(text); err != nil {
				return nil, fmt.Errorf("%s: %w", config, err)
			}
		}
		f, err := generateFace(root, config, doc)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", config, err)
		}
		faces = append(faces, f)
	}
	return faces, nil
}

func generateFace(root, config string, doc *openapi3.T) (face, error) {
	content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(config)))
	if err != nil {
		return face{}, err
	}
	var options struct {
		codegen.Configuration `yaml:",inline"`
		OutputFile            string `yaml:"output"`
	}
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	if err := decoder.Decode(&options); err != nil {
		return face{}, err
	}
	for name, file := range options.OutputOptions.UserTemplates {
		options.OutputOptions.UserTemplates[name] = filepath.Join(root, filepath.FromSlash(file))
	}
	options.Configuration = options.UpdateDefaults()
	options.OutputOptions.SkipFmt = true // formatting takes most of the time
	text, err := codegen.Generate(doc, options.Configuration)
	return face{config: config, output: options.OutputFile, text: []byte(text)}, err
}
