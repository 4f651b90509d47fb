package feedback

import "time"

// Delivered records that the recipient's mail server took the mail. It reports whether that was news.
func (v *Invitation) Delivered(at time.Time, detail string) bool {
	if !v.DeliveredAt.IsZero() {
		return false
	}
	v.DeliveredAt = UTC(at)
	v.Log(at, "delivered", "mail.delivered", sentence("The recipient's mail server took the mail", detail))
	return true
}

// Bounced records that the mail came back for good. An invitation that waits for an answer has failed;
// an answer that came all the same stays. It reports whether that was news.
func (v *Invitation) Bounced(at time.Time, detail string) bool {
	if !v.BouncedAt.IsZero() {
		return false
	}
	v.BouncedAt = UTC(at)
	v.stop(at)
	v.Log(at, "bounced", "mail.bounced", sentence("The mail came back for good", detail))
	if v.State == Scheduled || v.State == Sent {
		v.State = Failed
		v.Next(v.Changed) // the figures may still have to hear that it was sent
	}
	return true
}

// Complained records that the customer called the mail unwanted: no reminder follows. The link stays
// open, an answer is still an answer. It reports whether that was news.
func (v *Invitation) Complained(at time.Time, detail string) bool {
	if !v.ComplainedAt.IsZero() {
		return false
	}
	v.ComplainedAt = UTC(at)
	v.stop(at)
	v.Log(at, "complained", "mail.complained", sentence("The customer marked the mail as unwanted", detail))
	if v.Changed.IsZero() && v.State == Sent {
		v.MarkCounted()
	}
	return true
}

// stop ends the reminders. News of a mail can overtake the note that it was sent.
func (v *Invitation) stop(at time.Time) {
	v.Remind = nil
	if v.SentAt.IsZero() {
		v.SentAt = UTC(at)
	}
	if v.State == Scheduled {
		v.State, v.Changed = Sent, UTC(at)
		v.Next(v.Changed)
	}
}

func sentence(text, detail string) string {
	if detail == "" {
		return text + "."
	}
	return text + ": " + detail
}
