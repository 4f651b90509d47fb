package internal_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "earshot/"

// rule says what a package may import of this module. A trailing /... means the package and what is
// below it.
type rule struct {
	pkg     string
	imports []string
	why     string
}

// rules is the map of the design, in the order of the loop. A package matches the first rule that
// names it.
var rules = []rule{
	{"internal/feedback", nil, "the domain stands alone: every package may rely on it"},
	{"internal/sentiment", []string{"internal/sentiment/encoder", "internal/sentiment/langid"}, "pure functions over text"},
	{"internal/sentiment/encoder/...", []string{"internal/sentiment/encoder"}, "the transformer knows nothing of the service"},
	{"internal/sentiment/langid/...", []string{"internal/sentiment/langid", "internal/sentiment/langid/ngram"}, "the language of a text knows nothing else"},
	{"internal/sentiment/...", []string{"internal/sentiment", "internal/sentiment/encoder"}, "tools beside the engine see the engine only"},
	{"surveys", nil, "content for non-programmers"},
	{"emails", nil, "content for non-programmers"},
	{"internal/mail", nil, "a message and how it is rendered; the content comes in as a file system"},
	{"internal/mail/resend", []string{"internal/mail", "internal/mail/mailtest", "internal/mail/inbound"}, "as the senders below; mail comes in there, too"},
	{"internal/mail/...", []string{"internal/mail", "internal/mail/mailtest"}, "a sender knows messages, not what they are about"},
	{"internal/helpdesk", []string{"internal/feedback"}, "payloads of other systems become interactions; who is asked is not their business"},
	{"internal/worker", nil, "runs work without knowing what it is"},
	{"internal/config", nil, "settings are handed down in pieces"},
	{"internal/store", []string{"internal/feedback"}, "the contract speaks the domain's words"},
	{"internal/store/storetest", []string{"internal/store", "internal/feedback"}, "one suite for every backend"},
	{"internal/store/mongotest/...", []string{"internal/store/mongotest"}, "finds servers, knows nothing of what is stored"},
	{"internal/store/...", []string{"internal/store", "internal/feedback"}, "a backend fulfils the contract and decides nothing"},
	{"internal/holiday", nil, "days of rest by time zone; whoever sends or counts hours may ask"},
	{"internal/invite", append(verb(), "internal/holiday"), "a verb sees the domain, the store, mail and workers; never another verb or the web"},
	{"internal/hook", []string{"internal/mail"}, "posts to chats and programs; its errors are those of a sender, so that recovery treats both alike"},
	{"internal/recovery", append(verb(), "internal/hook"), "as invite, and alerts go to chats too"},
	{"internal/perception", verb(), "as invite"},
	{"internal/coaching", verb(), "praise, notes and disputes between people; as invite"},
	{"internal/collect", append(verb(), "internal/sentiment", "internal/recovery", "internal/coaching", "internal/mail/inbound"), "the loop flows forward: what is collected, by mail too, is understood and recovered"},
	{"internal/learn", append(verb(), "internal/sentiment"), "the engine learns from labels that are handed in"},
	{"internal/digest", append(verb(), "internal/perception"), "figures become a mail; as invite otherwise"},
	{"internal/staff", verb(), "who signs in; as invite"},
	{"internal/forget", append(verb(), "internal/export", "internal/mail/outbox"), "what is kept of a person, in rows and in mails, and taking it out"},
	{"internal/intake", []string{"internal/feedback", "internal/export", "internal/invite", "internal/collect"}, "the way back in: bytes in, rows to the verbs"},
	{"internal/export", []string{"internal/feedback", "internal/store"}, "tables for other programs: rows in, bytes out"},
	{"internal/demo", append(verb(), "internal/invite", "internal/collect", "internal/mail/inbound", "internal/recovery", "internal/coaching"), "plays the loop through its verbs"},
	{"internal/web/...", append(verb(), "internal/web", "internal/invite", "internal/collect", "internal/recovery", "internal/coaching", "internal/perception",
		"internal/staff", "internal/hook", "internal/mail/outbox", "internal/mail/inbound", "internal/mail/resend", "internal/helpdesk", "internal/learn", "internal/sentiment", "internal/export", "internal/intake",
		"internal/forget", "internal/holiday"), "calls the verbs, never a store backend"},
	{"internal", nil, "holds this test only"},
	{"cmd/earshot", []string{"..."}, "the program wires everything"},
}

func verb() []string {
	return []string{"internal/feedback", "internal/store", "internal/mail", "internal/worker"}
}

// onlyIn names the packages that alone may see a technology.
var onlyIn = map[string][]string{
	"github.com/gofiber/fiber":            {"internal/web"},
	"go.mongodb.org/mongo-driver":         {"internal/store/mongodb", "internal/store/mongotest"},
	"database/sql":                        {"internal/store/sqlite"},
	"modernc.org/sqlite":                  {"internal/store/sqlite"},
	"github.com/resend/resend-go":         {"internal/mail/resend"},
	"github.com/wneessen/go-mail":         {"internal/mail"},
	"github.com/jdkato/prose":             {"internal/sentiment"},
	"github.com/spf13/cobra":              {"cmd/earshot"},
	"github.com/xuri/excelize":            {"internal/export"},
	"github.com/prometheus/client_golang": {"internal/web", "cmd/earshot"},
}

type listed struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		p.ImportPath = strings.TrimPrefix(p.ImportPath, module)
		all = append(all, p)
	}
}

func matches(pattern, pkg string) bool {
	if base, ok := strings.CutSuffix(pattern, "..."); ok {
		return pkg == strings.TrimSuffix(base, "/") || strings.HasPrefix(pkg, base)
	}
	return pkg == pattern
}

func ruleOf(pkg string) (rule, bool) {
	for _, r := range rules {
		if matches(r.pkg, pkg) {
			return r, true
		}
	}
	return rule{}, false
}

// TestImportMap holds the packages against the map of the design.
func TestImportMap(t *testing.T) {
	all := packages(t)
	if len(all) < 15 {
		t.Fatalf("go list found %d packages; the test would prove nothing", len(all))
	}
	for _, p := range all {
		r, ok := ruleOf(p.ImportPath)
		if !ok {
			t.Errorf("%s stands nowhere on the map: add a rule with its reason, or find its room", p.ImportPath)
			continue
		}
		for _, i := range p.Imports {
			own, ours := strings.CutPrefix(i, module)
			if ours && !slices.ContainsFunc(r.imports, func(a string) bool { return matches(a, own) }) {
				t.Errorf("%s must not import %s: %s", p.ImportPath, own, r.why)
			}
		}
	}
}

// TestTechnologiesStayInTheirRooms checks that each technology is seen by its own package only.
func TestTechnologiesStayInTheirRooms(t *testing.T) {
	for _, p := range packages(t) {
		for _, i := range p.Imports {
			for tech, rooms := range onlyIn {
				if strings.HasPrefix(i, tech) && !slices.ContainsFunc(rooms, func(r string) bool { return matches(r+"/...", p.ImportPath) }) {
					t.Errorf("%s must not import %s: only %s may", p.ImportPath, i, strings.Join(rooms, " and "))
				}
			}
		}
	}
}

// TestNoJunkRooms refuses packages whose name says nothing.
func TestNoJunkRooms(t *testing.T) {
	for _, p := range packages(t) {
		for _, part := range strings.Split(p.ImportPath, "/") {
			if slices.Contains([]string{"util", "utils", "common", "models", "services", "helpers"}, part) {
				t.Errorf("%s: name the package after what it does", p.ImportPath)
			}
		}
	}
}
