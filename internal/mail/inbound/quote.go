package inbound

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// lines makes the line ends of a text \n and drops what nobody sees at the ends of lines.
func lines(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n\n").Replace(s)
	var out []string
	for _, l := range strings.Split(s, "\n") {
		out = append(out, strings.TrimRightFunc(l, unicode.IsSpace))
	}
	return strings.Trim(strings.Join(out, "\n"), "\n")
}

// cut parts what was typed from what was quoted and signed.
//
// Everything below the head of a quoted mail goes. Lines with the mark of a quotation go wherever they
// stand, so that words under or between them stay. Of what is left the signature goes.
func cut(text string) (reply, quoted string) {
	all := strings.Split(text, "\n")
	var kept, gone []string
	for i := 0; i < len(all); i++ {
		line := all[i]
		if n := attribution(all[i:]); n > 0 {
			gone = append(gone, all[i:i+n]...)
			if !marked(all[i+n:]) { // nothing marks where the quoted mail ends: it goes to the end
				gone = append(gone, all[i+n:]...)
				break
			}
			i += n - 1
			continue
		}
		if divider(line) || header(all[i:]) {
			gone = append(gone, all[i:]...)
			break
		}
		if strings.HasPrefix(strings.TrimSpace(line), ">") || strings.HasPrefix(line, "|") {
			gone = append(gone, line)
			continue
		}
		kept = append(kept, line)
	}
	kept, signature := sign(kept)
	return tidy(kept), strings.Join(append(signature, gone...), "\n")
}

// tidy leaves at most one empty line in a row and none around.
func tidy(kept []string) string {
	kept = slices.CompactFunc(kept, func(a, b string) bool { return strings.TrimSpace(a) == "" && strings.TrimSpace(b) == "" })
	return strings.TrimSpace(strings.Join(kept, "\n"))
}

// marked tells whether the next line with text is marked as quoted.
func marked(rest []string) bool {
	for _, l := range rest {
		if l = strings.TrimSpace(l); l != "" {
			return strings.HasPrefix(l, ">")
		}
	}
	return false
}

// maxAttribution is how many lines the line "On … somebody wrote:" may be broken into.
const maxAttribution = 3

// attribution tells of how many lines the sentence above a quoted mail consists that begins here, 0
// when none does.
func attribution(rest []string) int {
	joined := ""
	for n := 1; n <= min(maxAttribution, len(rest)); n++ {
		line := strings.TrimLeft(strings.TrimSpace(rest[n-1]), "> ")
		if line == "" {
			return 0
		}
		if joined = strings.TrimSpace(joined + " " + line); len(joined) > 400 {
			return 0
		}
		if attributionPattern.MatchString(joined) {
			return n
		}
	}
	return 0
}

// attributionPattern matches the sentence in eight languages: it begins with the word for "on" and ends
// with the one for "wrote", and, as programs differ, any line that names a date and an address before a
// colon.
var attributionPattern = regexp.MustCompile(`(?i)^[\x{200F}\x{200E}\s]*(` + strings.Join([]string{
	`on\b.{6,300}\bwrote\s*:`, `.{3,120}<[^<>\s]+@[^<>\s]+>\s+wrote\s*:`,
	`am\b.{6,300}\bschrieb\b.{0,160}:`, `.{3,120}\bschrieb (am|um)\b.{6,120}:`,
	`le\b.{6,300}\ba [ée]crit\s*:`,
	`el\b.{6,300}\bescribi[oó]\s*:`,
	`(em|no dia|a|na|no)\b.{6,300}\bescreveu\s*:`,
	`il\b.{6,300}\bha scritto\s*:`,
	`op\b.{6,300}\b(schreef\b.{0,160}|het volgende geschreven\s*|geschreven\s*):`,
	`(في|بتاريخ|يوم).{6,300}كتب.{0,160}[:：]`,
	`.{0,40}\b(19|20)\d\d\b.{0,120}<[^<>\s]+@[^<>\s]+>[^:]{0,40}:`,
}, "|") + `)[\x{200F}\x{200E}\s]*$`)

// divider tells whether a line of dashes or a heading stands between reply and quoted mail.
func divider(line string) bool {
	line = strings.TrimSpace(line)
	if len(line) >= 20 && strings.Trim(line, "_") == "" {
		return true
	}
	return dividerPattern.MatchString(line)
}

var dividerPattern = regexp.MustCompile(`(?i)^(-{2,}|_{2,}|\*{2,})\s*(` + strings.Join([]string{
	`original (message|appointment)`, `forwarded message`, `reply message`, `ursprüngliche (nachricht|mitteilung)`, `original-?nachricht`, `weitergeleitete nachricht`,
	`message (d[’']origine|original|transféré)`, `courriel original`, `mensaje (original|reenviado)`, `mensagem (original|encaminhada)`,
	`messaggio (originale|inoltrato)`, `oorspronkelijk bericht`, `origineel bericht`, `doorgestuurd bericht`, `الرسالة الأصلية`, `رسالة معاد توجيهها`,
}, "|") + `)\s*(-{2,}|_{2,}|\*{2,})$`)

// header tells whether a block of header lines begins here, as Outlook writes it above the quoted mail:
// a sender's line, and close below it at least two more of its lines.
func header(rest []string) bool {
	if !headerFrom.MatchString(rest[0]) {
		return false
	}
	more := 0
	for _, l := range rest[1:min(len(rest), 7)] {
		if headerMore.MatchString(l) {
			more++
		}
	}
	return more >= 2
}

var (
	headerFrom = regexp.MustCompile(`(?i)^\s*\*?(from|von|de|da|van|من)\s*:?\*?\s*:?\s*\S`)
	headerMore = regexp.MustCompile(`(?i)^\s*\*?(sent|date|to|cc|subject|gesendet|datum|an|betreff|envoyé|à|objet|enviado( el| em)?|fecha|para|asunto|data|assunto|inviato|a|oggetto|verzonden|aan|onderwerp|تم الإرسال|التاريخ|إلى|الموضوع)\s*:?\*?\s*:`)
)

// maxSignature is how many lines a signature has at most below its closing words.
const maxSignature = 8

// sign takes the signature off the end of a reply.
func sign(kept []string) (reply, signature []string) {
	for i, l := range kept {
		if l == "--" || l == "-- " || l == "—" && i > 0 || deviceLine.MatchString(strings.TrimSpace(l)) {
			signature = append(slices.Clone(kept[i:]), signature...)
			kept = kept[:i]
			break
		}
	}
	for i := len(kept) - 1; i > 0 && i >= len(kept)-1-maxSignature; i-- {
		if closing.MatchString(strings.TrimSpace(kept[i])) && short(kept[i+1:]) {
			return kept[:i], append(slices.Clone(kept[i:]), signature...)
		}
	}
	return kept, signature
}

// short tells whether lines look like names, titles and numbers: none of them is a sentence.
func short(below []string) bool {
	for _, l := range below {
		if len([]rune(l)) > 60 || strings.HasSuffix(strings.TrimSpace(l), "?") || strings.HasSuffix(strings.TrimSpace(l), "!") {
			return false
		}
	}
	return true
}

// deviceLine is what telephones and programs write below a mail.
var deviceLine = regexp.MustCompile(`(?i)^(` + strings.Join([]string{
	`sent from (my|mail for|outlook|yahoo|proton|samsung|an?)\b.{0,60}`, `get outlook for .{0,30}`, `sent with .{0,40}`,
	`von meine[mr] .{1,40} gesendet`, `gesendet (von|mit) .{1,60}`, `diese nachricht wurde von .{1,40} gesendet\.?`, `holen sie sich outlook .{0,30}`, `outlook für .{1,20} (herunterladen|beziehen)`,
	`envoyé (de|depuis|à partir de) .{1,60}`, `obtenir outlook pour .{0,30}`, `télécharger outlook pour .{0,30}`,
	`enviado (desde|do|de|a partir do) (mi|meu|mail|el|o|iphone|outlook|yahoo|samsung).{0,50}`, `obtener outlook para .{0,30}`, `obter o? ?outlook para .{0,30}`,
	`inviato (da|dal) .{1,60}`, `scarica outlook per .{0,30}`, `ottieni outlook per .{0,30}`,
	`verstuurd vanaf .{1,60}`, `verzonden (vanaf|met|via) .{1,60}`, `outlook voor .{1,20} downloaden`, `download outlook voor .{0,30}`,
	`(أُرسلت|أرسلت|تم الإرسال|مرسل) من .{1,60}`,
}, "|") + `)$`)

// closing is a line of closing words alone.
var closing = regexp.MustCompile(`(?i)^(` + strings.Join([]string{
	`(with )?(kind|best|warm|kindest) (regards|wishes)`, `best`, `many thanks`, `regards`, `sincerely( yours)?`, `yours (sincerely|faithfully|truly)`, `all the best`, `cheers`,
	`(mit )?(freundlichen?|besten?|vielen|lieben?|herzlichen?|schönen?|viele) (grüßen?|gruß|gruss|grüssen?)`, `mfg`, `lg`, `vg`, `hochachtungsvoll`, `gruß`, `grüße`,
	`(bien )?cordialement`, `(bien )?à vous`, `salutations( distinguées)?`, `sincères salutations`, `bonne journée`,
	`(un )?(cordial )?saludos?( cordial(es)?)?`, `atentamente`, `atte\.?`, `un saludo`,
	`(com os )?(melhores )?cumprimentos`, `atenciosamente`, `att\.?`, `abraços?`,
	`(cordiali|distinti) saluti`, `(un )?(cordiale )?saluto`, `saluti`, `cordialmente`,
	`met (vriendelijke|hartelijke) groe(t|ten)`, `(vriendelijke|hartelijke) groe(t|ten)`, `groe(t|ten|tjes)`, `mvg`,
	`مع (أطيب|خالص) (التحيات|التحية|تحياتي)`, `تحياتي`, `مع التحية`, `وتفضلوا بقبول فائق الاحترام`,
}, "|") + `)\s*[,.!،]?$`)
