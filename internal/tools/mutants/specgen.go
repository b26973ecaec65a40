package main

func specgenMutants() []mutant {
	return of("internal/tools/specgen",
		mutant{
			name: "obeys a directive of the document", file: "directives.go",
			old:   "case isDirective(key):",
			new:   `case isDirective(key) && key == "x":`,
			tests: "^TestPublishedDirectives$",
		},
		mutant{
			name: "keeps an action that upstream made stale", file: "overlay.go",
			old:   "for _, warning := range warnings {",
			new:   "for _, warning := range warnings[:0] {",
			tests: "^TestEveryFailureIsReported$",
		},
		mutant{
			name: "applies overlays in another order", file: "overlay.go",
			old:   "rank(a) - rank(b)",
			new:   "rank(b) - rank(a)",
			tests: "^TestOverlayOrder$",
		},
		mutant{
			name: "takes an overlay that ignores copy", file: "overlay.go",
			old:   "if o.Version != overlay.Version110 {",
			new:   `if o.Version == "" {`,
			tests: "^TestEveryFailureIsReported$|^TestRefusals$",
		},
		mutant{
			name: "heeds what stands beside a $ref in OpenAPI 3.0", file: "generator.go",
			old:   "ignores the siblings of a $ref\", dropSiblings}",
			new:   "ignores the siblings of a $ref\", func(*yaml.Node) {}}",
			tests: "^TestDocumentsAsPeopleWriteThem$",
		},
		mutant{
			name: "lets text that nobody sees into the code", file: "text.go",
			old:   " || unicode.Is(unicode.Cf, r)",
			new:   "",
			tests: "^TestTextOfTheDocumentStaysText$",
		},
		mutant{
			name: "sends every optional parameter", file: "pointers.go",
			old:   `if !isTrue(child(p.node, "required")) && `,
			new:   `if isTrue(child(p.node, "required")) && `,
			tests: "^TestOptionalParameters$",
		},
		mutant{
			name: "forgets the security of the document", file: "operations.go",
			old:   "security := doc.Security\n",
			new:   "security := doc.Security[:0]\n",
			tests: "^TestSecurity$",
		},
		mutant{
			name: "takes a security scheme that is not declared", file: "operationchecks.go",
			old:   `if child(child(child(doc, "components"), "securitySchemes"), name) == nil {`,
			new:   `if child(doc, "components") == nil {`,
			tests: "^TestRefusals$",
		},
		mutant{
			name: "repeats every write", file: "operations.go",
			old:   `repeatable || method == "GET"`,
			new:   `repeatable || method != ""`,
			tests: "^TestRepeatable$",
		},
		mutant{
			name: "documents no idempotency key", file: "operations.go",
			old:   `strings.EqualFold(p.Value.Name, "Idempotency-Key")`,
			new:   `p.Value.Name == "idempotency-key"`,
			tests: "^TestIdempotencyKey$",
		},
		mutant{
			name: "prints the secrets of nested models", file: "secrets.go",
			old:   "holds[name], grown = true, true",
			new:   "holds[name], grown = true, false",
			tests: "^TestSecretMethods$",
		},
	)
}
