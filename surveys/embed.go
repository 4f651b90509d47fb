// Package surveys holds the survey definitions that come with Earshot, one YAML file each. They are
// content: whoever owns the questions edits them here, or puts files of the same form into the folder
// named by EARSHOT_SURVEYS, where a file replaces the one of the same name and a new name adds a
// survey. `earshot survey check` names file and line of every mistake, `earshot survey show ID`
// renders one.
//
// # The file
//
// The file is called <id>.yaml. Durations are Go's (90s, 30m, 4h) plus d for days (14d).
//
//	id: csat                     the file's name without .yaml; lower-case letters, digits and _
//	name: Satisfaction …         what staff see in lists
//	metric: csat                 the scale: csat 1-5, nps 0-10, ces 1-7, thumbs 0-1
//	low: 2                       this score or less opens a case
//
// # text
//
// One entry per language (a BCP 47 code such as en or pt), and every language has every key. The
// customer's locale picks the language; en must exist, it is what everybody else sees.
//
//	subject      of the mail; keep it under 60 characters, phones cut the rest
//	question     above the buttons, in the mail and on the page
//	low, high    words at the two ends of the scale; for thumbs they are the two answers
//	comment      above the comment box
//	thanks       after the answer
//
// subject and question may contain placeholders:
//
//	{{.Customer.FirstName}}      empty when the name is not known
//	{{.Agent.FirstName}}         empty when the name is not known
//	{{.Org}}                     always there
//	{{.Subject}}                 of the interaction; may be empty
//
// Names can be missing, so write a sentence that survives it: the customer's name after a comma, just
// before the mark that ends the sentence ("How did we do, {{.Customer.FirstName}}?" loses name and
// comma together), and {{or .Agent.FirstName .Org}} where a sentence needs somebody. Avoid words that
// depend on the reader's gender, and put a no-break space before ? and ! in French.
//
// # questions
//
// At most three, asked after the score. Each has an id, a type and its text in every language:
//
//	type: yesno                  yes or no
//	type: choice                 one of options, each with an id and a text in every language
//	type: text                   a line of text
//
// With `when: {at_most: 2}` or `when: {at_least: 9}` a question is asked beside some scores only. Ids
// are what reports and exports are built on: rename the text, never the id.
//
// # ask
//
//	delay         between the end of the interaction and the mail
//	expires       how long the link works
//	edit_window   how long the customer may change the answer
//	remind        a list: one reminder after each, counted from the first mail; [] for none
//	quiet         a span of the recipient's clock in which nothing is sent, such as "20:00-08:00"
//	holidays      whether mail waits on public holidays of the recipient's country, as their time zone
//	              tells it (internal/holiday lists the countries); true unless false is said
//	rest          least time between two surveys to one person, over all surveys
//	sample        percent of interactions that are asked about
//	except        tags, channels and teams never asked about
//
// Some interactions are never asked about, whatever a definition says: those tagged no_survey, spam
// (junk, phishing, suspended), merged (closed_by_merge, duplicate), auto_closed (auto_solved,
// closed_by_automation) or reopened, - and blanks counting as _; those of the organisation's own
// staff; a matter (the same subject, without Re: and ticket numbers) that was asked about in the last
// seven days, or in the last ninety when metrics.reopens says that it ended before; and a matter on
// which a case is open.
//
// # recover
//
//	settle        how long a low score without a comment waits for its comment before the alert
//	acknowledge   how soon the owner says "I have this",
//	contact       has been in touch with the customer,
//	resolve       and has solved the matter; all three count from the answer, in working hours
//	hours         the working hours, such as "mon-fri 09:00-18:00"; leave it out for always
//	escalate      a list of {after: acknowledge|contact|resolve, to: lead|manager}
//	resurvey      after the resolution, ask with the survey "recovered"; 0d for never
//
// # promote
//
// May be left out. What content customers are asked beside being thanked, on the page and never by
// another mail; whoever had a case in the last 90 days, and whoever answers the survey after a
// recovery, is not asked.
//
//	at_least      the score from which they are asked; the best group of the scale when left out
//	public        an https address where they may say it in public; mind that some review sites forbid
//	              asking the content ones only
//	quote         true: ask for permission to repeat their words under a name they choose
//
// A definition is versioned by its content. An invitation keeps the version it was sent with, and a
// change of wording marks the trend, because answers to two different questions are two different
// figures.
package surveys

import "embed"

// FS holds the definitions as <id>.yaml at its root.
//
//go:embed csat.yaml nps.yaml ces.yaml resolution.yaml recovered.yaml
var FS embed.FS
