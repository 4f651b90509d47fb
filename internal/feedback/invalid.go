package feedback

import "strings"

// Invalid is the error of input that breaks rules; it carries every mistake.
type Invalid struct {
	Errors []FieldError
}

// Error joins the mistakes into one line.
func (e *Invalid) Error() string {
	var parts []string
	for _, f := range e.Errors {
		parts = append(parts, f.Field+" "+f.Detail)
	}
	return strings.Join(parts, "; ")
}

// Refuse returns an Invalid with one mistake.
func Refuse(field, detail string) error {
	return &Invalid{Errors: []FieldError{{Field: field, Detail: detail}}}
}
