package config

import (
	"strings"
	"testing"
)

func from(values map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		v, ok := values[name]
		return v, ok
	}
}

func TestDefaultsAreValid(t *testing.T) {
	c, err := Load(from(nil))
	if err != nil {
		t.Fatalf("the defaults are refused: %v", err)
	}
	if c.Addr != "127.0.0.1:8080" || !c.Web || !c.Worker || c.Mail != MailOutbox || c.MongoURI != "" || c.From.Address != "surveys@localhost" {
		t.Errorf("defaults are %+v", c)
	}
}

func TestEveryMistakeIsReportedAtOnce(t *testing.T) {
	wrong := map[string]string{
		"EARSHOT_ADDR": "8080", "EARSHOT_BASE_URL": "ftp://x", "EARSHOT_STORE": "postgres://x", "EARSHOT_MAIL": "pigeon",
		"EARSHOT_FROM": "nobody", "EARSHOT_TIMEZONE": "Mars/Base", "EARSHOT_SECRET": "short", "EARSHOT_ROLES": "web,cook",
		"EARSHOT_SURVEYS": "/does/not/exist", "EARSHOT_EMAILS": "/does/not/exist", "EARSHOT_LOG": "xml",
	}
	_, err := Load(from(wrong))
	if err == nil {
		t.Fatal("wrong values were accepted")
	}
	for name := range wrong {
		if !strings.Contains(err.Error(), name+" ") {
			t.Errorf("the error does not name %s:\n%v", name, err)
		}
	}
}

func TestDependentSettings(t *testing.T) {
	for _, c := range []struct {
		values map[string]string
		want   string
	}{
		{map[string]string{"EARSHOT_MAIL": "resend"}, "RESEND_API_KEY"},
		{map[string]string{"EARSHOT_STORE": "mongodb://localhost"}, "EARSHOT_SECRET"},
	} {
		_, err := Load(from(c.values))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error is %v, want one about %s", c.values, err, c.want)
		}
	}
}

func TestValuesAreRead(t *testing.T) {
	c, err := Load(from(map[string]string{
		"EARSHOT_BASE_URL": "https://feedback.example.com/", "EARSHOT_MAIL": "smtp://u:p@mx.example.com:587",
		"EARSHOT_ROLES": "worker", "EARSHOT_LOG": "json", "EARSHOT_TIMEZONE": "Europe/Berlin",
	}))
	if err != nil {
		t.Fatal(err)
	}
	if c.BaseURL != "https://feedback.example.com" || c.Mail != MailSMTP || c.Web || !c.Worker || !c.JSONLog || c.Zone.String() != "Europe/Berlin" {
		t.Errorf("got %+v", c)
	}
}
