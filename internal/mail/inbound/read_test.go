package inbound

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// mailOf builds a plain message with a body.
func mailOf(headers, body string) []byte {
	return []byte(strings.ReplaceAll("From: Mara Lind <mara@example.com>\nTo: reply@in.acme.test\nSubject: Re: How did we do?\nMessage-ID: <a1@example.com>\n"+headers+"\n"+body, "\n", "\r\n"))
}

func read(t *testing.T, raw []byte) Message {
	t.Helper()
	m, err := Read(raw)
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	return m
}

// Every way in which mail programs quote, in the eight languages: what was typed stays, nothing else.
func TestQuotedMailIsCut(t *testing.T) {
	const said = "4 - but I waited an hour"
	for name, below := range map[string]string{
		"gmail en":         "On Fri, Nov 20, 2026 at 2:03 PM Sam Okoro <sam@acme.test> wrote:\n\n> How did we do?\n> 1 2 3 4 5",
		"gmail en, broken": "On Fri, Nov 20, 2026 at 2:03 PM Sam Okoro, the very long name of Acme\n<sam@acme.test> wrote:\n\n> How did we do?",
		"apple de":         "> Am 20.11.2026 um 14:03 schrieb Acme <surveys@acme.test>:\n> \n> Wie war es?",
		"thunderbird de":   "Am 20.11.26 um 14:03 schrieb Acme:\n> Wie war es?",
		"gmail de":         "Am Fr., 20. Nov. 2026 um 14:03 Uhr schrieb Acme <surveys@acme.test>:\n\nWie war es?\n1 2 3",
		"gmail fr":         "Le ven. 20 nov. 2026 à 14:03, Acme <surveys@acme.test> a écrit :\n\n> Comment était-ce ?",
		"gmail es":         "El vie, 20 nov 2026 a las 14:03, Acme (<surveys@acme.test>) escribió:\n\n> ¿Qué tal?",
		"gmail pt":         "Em sex., 20 de nov. de 2026 às 14:03, Acme <surveys@acme.test> escreveu:\n\n> Como foi?",
		"gmail it":         "Il giorno ven 20 nov 2026 alle ore 14:03 Acme <surveys@acme.test> ha scritto:\n\n> Com'è andata?",
		"gmail nl":         "Op vr 20 nov 2026 om 14:03 schreef Acme <surveys@acme.test>:\n\n> Hoe was het?",
		"gmail ar":         "في الجمعة، 20 نوفمبر 2026 في 2:03 م تمت كتابة ما يلي بواسطة Acme <surveys@acme.test>:\n\n> كيف كان الأمر؟",
		"arabic wrote":     "بتاريخ 20 نوفمبر 2026، كتب Acme <surveys@acme.test>:\n> كيف كان؟",
		"outlook en":       "From: Acme <surveys@acme.test>\nSent: Friday, November 20, 2026 2:03 PM\nTo: Mara Lind <mara@example.com>\nSubject: How did we do?\n\nHow did we do?",
		"outlook de":       "Von: Acme <surveys@acme.test>\nGesendet: Freitag, 20. November 2026 14:03\nAn: Mara Lind\nBetreff: Wie war es?\n\nWie war es?",
		"outlook fr":       "De : Acme <surveys@acme.test>\nEnvoyé : vendredi 20 novembre 2026 14:03\nÀ : Mara Lind\nObjet : Comment\n\nComment ?",
		"outlook es":       "De: Acme\nEnviado el: viernes, 20 de noviembre de 2026\nPara: Mara\nAsunto: Qué tal\n\nHola",
		"outlook pt":       "De: Acme\nEnviada em: sexta-feira\nEnviado: sexta-feira\nPara: Mara\nAssunto: Como foi\n\nComo foi?",
		"outlook it":       "Da: Acme\nInviato: venerdì 20 novembre 2026\nA: Mara\nOggetto: Com'è andata\n\nCiao",
		"outlook nl":       "Van: Acme\nVerzonden: vrijdag 20 november 2026\nAan: Mara\nOnderwerp: Hoe was het\n\nHoi",
		"outlook bold":     "*From:* Acme <surveys@acme.test>\n*Sent:* Friday\n*To:* Mara\n*Subject:* How\n\nHow?",
		"line":             "________________________________\nFrom: Acme\n\nHow did we do?",
		"original":         "-----Original Message-----\nFrom: Acme\n\nHow did we do?",
		"original de":      "-----Ursprüngliche Nachricht-----\nVon: Acme\n\nWie war es?",
		"original fr":      "-----Message d'origine-----\nDe : Acme",
		"iphone":           "Sent from my iPhone\n\n> On 20 Nov 2026, at 14:03, Acme <surveys@acme.test> wrote:\n> \n> How did we do?",
		"iphone de":        "Von meinem iPhone gesendet",
		"outlook mobile":   "Get Outlook for iOS\n________________________________\nFrom: Acme",
		"signature":        "-- \nMara Lind\nHead of Purchasing",
		"closing":          "Kind regards,\nMara Lind\n+49 30 1234",
		"closing de":       "Mit freundlichen Grüßen\nMara Lind",
	} {
		t.Run(name, func(t *testing.T) {
			m := read(t, mailOf("Content-Type: text/plain; charset=utf-8\n", said+"\n\n"+below+"\n"))
			if m.Reply != said {
				t.Errorf("reply %q", m.Reply)
			}
			if !strings.Contains(m.Quoted, strings.TrimSpace(strings.Split(below, "\n")[0])) {
				t.Errorf("what was cut is lost: %q", m.Quoted)
			}
		})
	}
}

// Words that only look like a quoted mail stay.
func TestNothingElseIsCut(t *testing.T) {
	for _, body := range []string{
		"4\n\nOn Monday I wrote to you and nobody answered.\nI am still waiting.",
		"From the beginning it was slow.\nTo be honest, I had hoped for more.",
		"2\nDe hulp was traag.\nA propos: niemand belde.",
		"Best service ever.\nThanks to Sam!",
		"Am Montag rief ich an.\nDann schrieb ich: nichts geschah.",
	} {
		if m := read(t, mailOf("", body)); m.Reply != body {
			t.Errorf("of %q stayed %q", body, m.Reply)
		}
	}
}

// Words below and between quoted lines are words.
func TestInterleavedReply(t *testing.T) {
	m := read(t, mailOf("", "On Fri, 20 Nov 2026, Acme wrote:\n> How satisfied are you?\n4\n> Anything else?\nSam was kind.\n"))
	if m.Reply != "4\nSam was kind." {
		t.Errorf("reply %q", m.Reply)
	}
}

func TestCharsets(t *testing.T) {
	for name, c := range map[string]struct{ headers, body string }{
		"latin-1 qp":     {"Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n", "2 - sehr unh=F6flich"},
		"windows base64": {"Content-Type: text/plain; charset=windows-1252\nContent-Transfer-Encoding: base64\n", base64.StdEncoding.EncodeToString([]byte("2 - sehr unh\xf6flich"))},
		"utf-8 8bit":     {"Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n", "2 - sehr unhöflich"},
		"html only":      {"Content-Type: text/html; charset=utf-8\n", "<html><head><style>p{}</style></head><body><p>2 -&nbsp;sehr <b>unhöflich</b></p><div class=\"gmail_quote\"><a href=\"http://x/s/TOKEN\">5</a></div></body></html>"},
	} {
		t.Run(name, func(t *testing.T) {
			if m := read(t, mailOf(c.headers, c.body)); m.Reply != "2 - sehr unhöflich" {
				t.Errorf("reply %q", m.Reply)
			}
		})
	}
	if m := read(t, mailOf("Content-Type: text/plain; charset=koi8-r\n", "\xf0\xcc\xcf\xc8\xcf")); m.Reply != "Плохо" {
		t.Errorf("koi8-r reads %q", m.Reply)
	}
	if m := read(t, mailOf("Content-Type: text/plain; charset=klingon\n", "4 \xff ok")); !strings.HasPrefix(m.Reply, "4 ") {
		t.Errorf("an unknown charset lost the words: %q", m.Reply)
	}
}

func TestHTMLMailsOfPrograms(t *testing.T) {
	for name, quote := range map[string]string{
		"gmail":       `<div class="gmail_quote gmail_quote_container"><div class="gmail_attr">On Fri wrote:<br></div><blockquote>old <a href="https://x/s/TOK">4</a></blockquote></div>`,
		"apple":       `<blockquote type="cite"><div>old <a href="https://x/s/TOK">4</a></div></blockquote>`,
		"outlook":     `<hr><div id="divRplyFwdMsg"><b>From:</b> Acme</div><div>old <a href="https://x/s/TOK">4</a></div>`,
		"outlook win": `<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"><p><b>From:</b> Acme</p></div><p>old <a href="https://x/s/TOK">4</a></p>`,
		"yahoo":       `<div class="yahoo_quoted" id="yahoo_quoted_1"><div>old <a href="https://x/s/TOK">4</a></div></div>`,
	} {
		t.Run(name, func(t *testing.T) {
			m := read(t, mailOf("Content-Type: text/html; charset=utf-8\n", `<div dir="ltr">4<br>but I waited</div>`+quote))
			if m.Reply != "4\nbut I waited" {
				t.Errorf("reply %q", m.Reply)
			}
			if !strings.Contains(m.Quoted, "https://x/s/TOK") {
				t.Errorf("the link of the quoted mail is lost: %q", m.Quoted)
			}
		})
	}
}

func TestAlternativeAndAttachment(t *testing.T) {
	body := "--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\nContent-Type: text/plain\n\n5 thanks\n--c\nContent-Type: text/html\n\n<p>5 thanks</p>\n--c--\n" +
		"--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=log.txt\n\n1 is in the log\n--b--\n"
	if m := read(t, mailOf("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n", body)); m.Reply != "5 thanks" {
		t.Errorf("reply %q", m.Reply)
	}
	flowed := "4 - I waited for a long \ntime on the phone.\n"
	if m := read(t, mailOf("Content-Type: text/plain; format=flowed\n", flowed)); m.Reply != "4 - I waited for a long time on the phone." {
		t.Errorf("flowed reads %q", m.Reply)
	}
}

func TestAutomaticMail(t *testing.T) {
	for want, all := range map[Auto][]string{
		OutOfOffice: {"Auto-Submitted: auto-replied\n", "Auto-Submitted: auto-replied (vacation)\n", "X-Autoreply: yes\n", "Precedence: auto_reply\n", "X-Autorespond: x\n", "Subject: Automatische Antwort: x\n", "Subject: Réponse automatique : x\n"},
		Robot:       {"Auto-Submitted: auto-generated\n", "Return-Path: <>\n"},
		Bulk:        {"Precedence: bulk\n", "List-Id: <l.example.com>\n"},
		Bounce:      {"Content-Type: multipart/report; report-type=delivery-status; boundary=x\n", "X-Failed-Recipients: a@b.c\n"},
		"":          {"Auto-Submitted: no\n", "Precedence: normal\n", "X-Priority: 1\n"},
	} {
		for _, h := range all {
			raw := mailOf(h, "I am away until Monday.")
			if strings.HasPrefix(h, "Subject:") {
				raw = []byte(strings.Replace(string(raw), "Subject: Re: How did we do?\r\n", "", 1))
			}
			if m := read(t, raw); m.Auto != want {
				t.Errorf("%q is %q, want %q", h, m.Auto, want)
			}
		}
	}
	for _, s := range []string{"Out of office: until Monday", "Abwesenheitsnotiz", "Fuera de oficina", "Fora do escritório", "Fuori ufficio", "Afwezig tot maandag", "رد تلقائي: x", "Absence du bureau"} {
		if !awaySubject.MatchString(s) {
			t.Errorf("%q is not seen as an absence", s)
		}
	}
	if awaySubject.MatchString("Re: How did we do, Mara?") {
		t.Error("an ordinary reply is taken for an absence")
	}
}

func TestTraces(t *testing.T) {
	raw := mailOf("In-Reply-To: <near@acme.test>\nReferences: <far@acme.test> <middle@acme.test>\nDelivered-To: Reply+TOK@in.acme.test\n", "4")
	m := read(t, raw)
	if m.ID != "a1@example.com" || m.From.Email != "mara@example.com" || m.From.Name != "Mara Lind" {
		t.Errorf("%+v", m)
	}
	if fmt.Sprint(m.Refs) != "[near@acme.test middle@acme.test far@acme.test]" || m.To[0] != "reply+tok@in.acme.test" {
		t.Errorf("refs %v, to %v", m.Refs, m.To)
	}
	bare := []byte("From: a@b.c\n\n4")
	if x, y := read(t, bare), read(t, bare); x.ID == "" || x.ID != y.ID {
		t.Errorf("ids %q and %q of the same bytes", x.ID, y.ID)
	}
}

func TestBounds(t *testing.T) {
	deep := "Content-Type: multipart/mixed; boundary=b0\n"
	body := ""
	for i := range MaxDepth + 3 {
		body += fmt.Sprintf("--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n", i, i+1)
	}
	if _, err := Read(mailOf(deep, body)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("deep: %v", err)
	}
	many := strings.Repeat("--b\nContent-Type: text/plain\n\nx\n", MaxParts+1)
	if _, err := Read(mailOf("Content-Type: multipart/mixed; boundary=b\n", many)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("many: %v", err)
	}
	if _, err := Read(make([]byte, MaxBytes+1)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("large: %v", err)
	}
	if _, err := Read([]byte("hello")); !errors.Is(err, ErrUnreadable) {
		t.Errorf("no mail: %v", err)
	}
	if m := read(t, mailOf("Content-Type: multipart/alternative; boundary=b\n", "--b\nContent-Type: text/plain\n\n4 - broken off")); m.Reply != "4 - broken off" {
		t.Errorf("a mail without its end reads %q", m.Reply)
	}
}
