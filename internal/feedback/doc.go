// Package feedback is Earshot's domain: interactions, surveys, invitations, responses, cases and
// the rules that hold between them, as plain types.
//
// The loop they form is
//
//	interaction → invitation → response → sentiment → case → alert → follow-up → re-survey
//
// A value that is stored embeds Record, which says what is due next for it: the row is the job,
// there is no other queue. The rules (what is a low score, which transition a case allows, when a
// clock runs out) are methods here; who calls them and when is decided by the packages of the verbs
// (invite, collect, recovery, perception). All times are UTC with millisecond precision, and now is
// always a parameter.
package feedback
