package pepaytest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/mail"
	"strings"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// SetCustomerEmail simulates POST /api/v1/payments/customer-email. Addresses are
// normalized to lower case without spaces around them; that there is a form is
// documented, and this one is assumed.
//
// See https://docs-alpha.pepay.io/api-spec/payors/customer-email
func (h handlers) SetCustomerEmail(w http.ResponseWriter, r *http.Request) {
	h.payor(w, r, func(t *tx, inv *invoice) (any, *problem) {
		email := strings.ToLower(strings.TrimSpace(bodyOf[server.SetCustomerEmailRequest](t).Email))
		switch {
		case inv.Status == server.InvoiceStatusExpired:
			return nil, &problem{http.StatusGone, "INVOICE_EXPIRED", "The invoice has expired"}
		case !inv.open():
			return nil, invalidRequest("The invoice is " + string(inv.Status))
		case !isEmail(email):
			return nil, invalidRequest("email is not an e-mail address")
		}
		inv.CustomerEmail = email
		return server.SetCustomerEmailResult{Success: ptr(true), Email: &email, Message: ptr("Email added successfully")}, nil
	})
}

// GetCustomerEmail simulates GET /api/v1/payments/customer-email.
//
// See https://docs-alpha.pepay.io/api-reference/payment-sessions/retrieve-customer-email
func (h handlers) GetCustomerEmail(w http.ResponseWriter, r *http.Request) {
	h.payor(w, r, func(_ *tx, inv *invoice) (any, *problem) {
		return server.CustomerEmail{Email: nonEmpty(inv.CustomerEmail), HasEmail: ptr(inv.CustomerEmail != "")}, nil
	})
}

const maxEmailLength = 255

// isEmail takes a bare address whose domain has a dot.
func isEmail(text string) bool {
	parsed, err := mail.ParseAddress(text)
	if err != nil || parsed.Address != text || len(text) > maxEmailLength {
		return false
	}
	_, domain, _ := strings.Cut(text, "@")
	return strings.Contains(strings.Trim(domain, "."), ".")
}

// questionsAnswer has the questions as the merchant sent them.
type questionsAnswer struct {
	HasQuestions bool            `json:"has_questions"`
	Questions    json.RawMessage `json:"questions,omitempty"`
}

// GetInvoiceQuestions simulates GET /api/v1/payments/invoice-questions.
//
// See https://docs-alpha.pepay.io/api-spec/payors/invoice-questions
func (h handlers) GetInvoiceQuestions(w http.ResponseWriter, r *http.Request) {
	h.payor(w, r, func(_ *tx, inv *invoice) (any, *problem) {
		if len(inv.questions()) == 0 {
			return questionsAnswer{}, nil
		}
		return questionsAnswer{true, inv.Questions}, nil
	})
}

// questions are what is known of each question.
func (i *invoice) questions() []server.InvoiceQuestionInput {
	var list server.QuestionListInput
	_ = json.Unmarshal(i.Questions, &list) // the contract's schema has accepted it, or there are none
	if list.Questions == nil {
		return nil
	}
	return *list.Questions
}

// SubmitInvoiceForm simulates POST /api/v1/payments/submit-form. Answers that were given
// before are replaced.
//
// See https://docs-alpha.pepay.io/api-spec/payors/submit-form
func (h handlers) SubmitInvoiceForm(w http.ResponseWriter, r *http.Request) {
	h.payor(w, r, func(t *tx, inv *invoice) (any, *problem) {
		in := bodyOf[server.InvoiceFormRequest](t)
		if err := checkAnswers(inv.questions(), in.Responses); err != nil {
			return nil, invalidRequest(err.Error())
		}
		inv.Answers = in.Responses
		return server.InvoiceFormResult{Success: ptr(true)}, nil
	})
}

// checkAnswers compares answers with the questions. The only documented type of a question
// is email; other types take any text.
func checkAnswers(questions []server.InvoiceQuestionInput, answers []server.QuestionResponse) error {
	given := map[string]string{}
	for _, a := range answers {
		if _, again := given[a.QuestionID]; again {
			return fmt.Errorf("question_id %q is there twice", a.QuestionID)
		}
		given[a.QuestionID] = strings.TrimSpace(a.Response)
	}
	for _, q := range questions {
		id := deref(q.ID)
		answer, ok := given[id]
		delete(given, id)
		switch required := q.Validation != nil && q.Validation.Required != nil && *q.Validation.Required; {
		case required && answer == "":
			return fmt.Errorf("question %q has to be answered", id)
		case ok && answer != "" && deref(q.Type) == "email" && !isEmail(answer):
			return fmt.Errorf("the response to question %q is not an e-mail address", id)
		}
	}
	for _, a := range answers {
		if _, unknown := given[a.QuestionID]; unknown {
			return fmt.Errorf("the invoice has no question %q", a.QuestionID)
		}
	}
	return nil
}
