package web

import (
	"bytes"
	"mime"
	"mime/multipart"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// readForm reads a submitted form, url-encoded or multipart (its files are passed over). All values of
// a repeated key are kept; broken escapes lose only their own pair.
func readForm(c *fiber.Ctx) (url.Values, error) {
	kind, params, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil && len(c.BodyRaw()) == 0 {
		return url.Values{}, nil
	}
	switch kind {
	case fiber.MIMEApplicationForm, "":
		form, _ := url.ParseQuery(string(c.BodyRaw())) // what could be read is in form
		return form, nil
	case fiber.MIMEMultipartForm:
		return readMultipart(c.BodyRaw(), params["boundary"])
	}
	return nil, &httpError{status: fiber.StatusUnsupportedMediaType, detail: "Send a form, or JSON with Content-Type: application/json."}
}

func readMultipart(body []byte, boundary string) (url.Values, error) {
	form, err := multipart.NewReader(bytes.NewReader(body), boundary).ReadForm(bodyLimit)
	if err != nil {
		return nil, badRequest("The form is incomplete or broken.")
	}
	defer form.RemoveAll() //nolint:errcheck // nothing went to disk: the limit is the body's own
	return url.Values(form.Value), nil
}

// field is a form's value without space around it, always valid UTF-8 without control characters but
// line breaks and tabs.
func field(form url.Values, name string) string { return strings.TrimSpace(clean(form.Get(name))) }

// clean takes out of a text what no keyboard puts there, so that no comment is lost to a stray byte.
func clean(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		if (r < ' ' && r != '\n' && r != '\t') || r == 0x7f {
			return -1
		}
		return r
	}, s)
}
