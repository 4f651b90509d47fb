// Package mail is everything between a decision to write to somebody and the provider that delivers
// it: the message and its bytes, the Sender that takes it, and the rendering of the templates in
// emails/.
//
// A message is built from a row of the store, and the same row always builds the same message: the
// same key, the same Message-ID, the same date, the same bytes. So whoever was interrupted while
// sending simply sends again, and the provider recognises the repeat by the key.
//
// The senders live below: outbox (a folder of .eml files, the default), resend (the Resend API) and
// smtp. mailtest holds the conformance test that each of them passes, and the local servers it runs
// against.
package mail
