package mail_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"earshot/emails"
	"earshot/internal/mail"
)

// branded are the embedded files with another brand.yaml.
func branded(t *testing.T, brands string) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	entries, err := fs.ReadDir(emails.FS, ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		raw, err := fs.ReadFile(emails.FS, e.Name())
		if err != nil {
			t.Fatal(err)
		}
		out[e.Name()] = &fstest.MapFile{Data: raw}
	}
	out["brand.yaml"] = &fstest.MapFile{Data: []byte(brands)}
	return out
}

const twoBrands = `brands:
  - id: pro
    for: {teams: [Pro Support], surveys: [csat, nps]}
    name: Acme Pro
    color: "#7c3aed"
    logo: https://pro.acme.test/logo.png
    from: Acme Pro <hello@pro.acme.test>
    text:
      de: {invitation_lead: "Sie haben mit unseren Fachleuten von {{.Brand.Org}} gesprochen."}
  - id: default
    color: "#facc15"
`

func TestBrands(t *testing.T) {
	templates, err := mail.Load(branded(t, twoBrands))
	if err != nil {
		t.Fatal(err)
	}
	from := mail.Address{Email: "surveys@acme.test"}
	for _, c := range []struct {
		about mail.About
		id    string
	}{
		{mail.About{Survey: "nps", Team: "pro support"}, "pro"}, {mail.About{Survey: "ces", Team: "Pro Support"}, "default"}, {mail.About{Survey: "csat", Team: "Billing"}, "default"}, {mail.About{}, "default"},
	} {
		b, sender := templates.Brand("Acme", from, c.about)
		if b.ID != c.id || (c.id == "default") != (sender == from && b.Org == "Acme") {
			t.Errorf("%+v looks like %+v from %v", c.about, b, sender)
		}
	}
	b, sender := templates.Brand("Acme", from, mail.About{Survey: "csat", Team: "Pro Support"})
	if sender.Email != "hello@pro.acme.test" || sender.Name != "Acme Pro" {
		t.Errorf("sent by %v", sender)
	}
	_, text, html, err := templates.Render(mail.Branded(mail.Samples("de")[0].Page, b))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"#7c3aed", "https://pro.acme.test/logo.png", `alt="Acme Pro"`, "Fachleuten von Acme Pro"} {
		if !strings.Contains(html, want) {
			t.Errorf("%q is not in the mail", want)
		}
	}
	if !strings.Contains(text, "Fachleuten von Acme Pro") || !strings.Contains(text, "zehn Sekunden") && !strings.Contains(text, "Guten Tag") {
		t.Errorf("the plain text reads %s", text)
	}
}

// Every mistake is reported at once, with the brand it is in.
func TestBrandMistakes(t *testing.T) {
	_, err := mail.Load(branded(t, `brands:
  - id: a
    color: red
    logo: logo.png
    from: nobody
    text: {en: {no_such_key: "x", invitation_lead: "{{.Broken"}, xx: {greeting: "x"}}
  - id: a
`))
	if err == nil {
		t.Fatal("taken")
	}
	for _, want := range []string{`color "red"`, `logo "logo.png"`, `from "nobody"`, "no_such_key", "invitation_lead", "language xx", `two brands are named "a"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
	if _, err := mail.Load(branded(t, "brands:\n  - id: a\n    colour: x\n")); err == nil {
		t.Error("an unknown key was taken")
	}
	if _, err := mail.Load(branded(t, "brands:\n  - id: a\n    text: {en: {invitation_lead: \"{{.Nothing}}\"}}\n")); err == nil {
		t.Error("a phrase over a fact that is not there was taken")
	}
}
