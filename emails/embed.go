// Package emails holds the templates of every mail and the words in them. They are content: edit them
// here, or put files of the same names into the folder named by EARSHOT_EMAILS, where they replace
// these.
//
// # The files
//
//	layout.html, parts.html   the frame of every mail, and pieces that several share
//	layout.txt, parts.txt     the same for the plain text
//	<name>.html, <name>.txt   one mail: invitation (also the reminder and the re-survey), alert,
//	                          alert-digest, escalation, sign-in, thanks, reply, word
//	                          (between people of the organisation: praise, a note, a dispute)
//	text.yaml                 the fixed words of all mails, by language
//	brand.yaml                colour, logo, sender and words by brand
//	replies.yaml              drafts for an agent's mail to a customer, by language and cause
//
// A mail's file defines "content" and "footer". HTML is html/template, text is text/template. What
// the templates see:
//
//	.Page                     the facts, a struct of the package mail: .Page.CustomerName, .Page.Scores …
//	.T "key"                  a phrase of text.yaml, which is itself a template over the facts
//	.Named "topic" .          the word for one of Earshot's own names (topic, label, signal, reason)
//	.Lang .Dir                language code; ltr or rtl
//	.Start .End               left or right, where a line begins and ends
//	.Subject .Preheader       the subject, and the line that mail programs show after it
//	.Heading .Clock .Facts    of an alert or escalation
//	.Button url "key"         what {{template "button"}} takes
//	outlook, endOutlook       begin and end of what only Outlook for Windows sees
//
// # Rules that mail programs impose
//
// Tables for layout, styles inline (a <style> block is for dark mode and narrow screens only), no
// script, no SVG, no web fonts, no background images. Gmail cuts a mail at 102 kB. Colour never
// carries a meaning alone. A customer's words are always text, never HTML. Plain text is a mail of its
// own: somebody reads only that.
//
// # The words
//
// Every language of text.yaml has every key; the start fails and names the line otherwise. A language
// that is not there falls back to its base (pt-BR to pt), then to en. Add a language by adding its
// block here and to each survey.
package emails

import "embed"

// FS holds the files at its root.
//
//go:embed layout.html parts.html layout.txt parts.txt text.yaml replies.yaml brand.yaml
//go:embed invitation.html alert.html alert-digest.html escalation.html sign-in.html thanks.html reply.html word.html watch.html digest.html
//go:embed invitation.txt alert.txt alert-digest.txt escalation.txt sign-in.txt thanks.txt reply.txt word.txt watch.txt digest.txt
var FS embed.FS
