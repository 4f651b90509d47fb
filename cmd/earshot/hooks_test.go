package main

import (
	"slices"
	"testing"

	"earshot/internal/config"
	"earshot/internal/helpdesk"
)

// Every helpdesk's secret can be configured.
func TestHelpdeskSecretsAreVariables(t *testing.T) {
	for _, s := range helpdesk.Systems() {
		if !slices.ContainsFunc(config.Variables(), func(v config.Variable) bool { return v.Name == s.Secret }) {
			t.Errorf("%s stands in no configuration", s.Secret)
			continue
		}
		c, err := config.Load(func(name string) (string, bool) { return "a long secret", name == s.Secret })
		if err != nil || c.Helpdesks[s.Name] != "a long secret" {
			t.Errorf("%s is read as %v, %v", s.Secret, c.Helpdesks, err)
		}
	}
}
