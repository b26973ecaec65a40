package pepay

import "slices"

// operationRow is an [Operation] in the generated table. It has no maps, so that the
// compiler makes the table data and not code that builds it: a program is 16 KB smaller.
type operationRow struct {
	ID, Method, Path           string
	Security                   []securityAlternative
	IdempotencyKey, Repeatable bool
	Success                    []SuccessAnswer
	Form                       AnswerForm
}

// securityAlternative has the schemes that are needed together.
type securityAlternative []securityRequirement

type securityRequirement struct {
	Scheme string
	Scopes []string
}

// Operations lists every operation of the document, by path and method. The
// caller owns the result.
func Operations() []Operation {
	operations := make([]Operation, len(operationRows))
	for i, row := range &operationRows {
		operations[i] = Operation{
			ID: row.ID, Method: row.Method, Path: row.Path,
			Security:       make([]map[string][]string, len(row.Security)),
			IdempotencyKey: row.IdempotencyKey, Repeatable: row.Repeatable,
			Success: slices.Clone(row.Success),
			Form:    row.Form,
		}
		for j, together := range row.Security {
			schemes := make(map[string][]string, len(together))
			for _, r := range together {
				schemes[r.Scheme] = append([]string{}, r.Scopes...)
			}
			operations[i].Security[j] = schemes
		}
		for j, answer := range row.Success {
			operations[i].Success[j].MediaTypes = slices.Clone(answer.MediaTypes)
		}
	}
	return operations
}
