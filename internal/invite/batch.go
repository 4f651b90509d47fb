package invite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/mail"
	"earshot/internal/store"
	"earshot/internal/worker"

	"github.com/google/uuid"
)

// A provider that takes many mails in one request recognises a repeated request, not a repeated mail.
// So which mails go together is decided once and written down before the first attempt:
//
//  1. each row is marked with the batch it is in, from the revision at which it was claimed: whoever lost
//     the claim in the meantime loses the mark;
//  2. the members are written down under the batch's name, each with what its mail is made from;
//  3. the request goes out, under a key made from the keys of its mails;
//  4. each row learns what became of its mail, and the list is removed.
//
// Whoever finds a marked row after a crash finds the list and repeats the request exactly, members that
// have changed since included: a repetition delivers nothing that was not handed over before. A marked
// row without a list was never sent; an empty list is left in its place, so that a worker that stood
// still in between steps 2 and 3 cannot send it any more.
//
// A mail that was tried alone is never put into a batch afterwards, because its key would change.

// batchSetting begins the names of the lists.
const batchSetting = "mail-batch "

// member is one mail of a batch: its row, and what of the row the mail depends on.
type member struct {
	ID       string
	State    feedback.State
	Reminded int
	Started  time.Time
}

// parcel is a row and its mail, ready to go, with what the row was when the mail was made.
type parcel struct {
	row *feedback.Invitation
	msg mail.Message
	was member
}

func newParcel(v *feedback.Invitation, m mail.Message) *parcel {
	return &parcel{v, m, member{v.ID, v.State, v.Reminded, v.Started}}
}

// workBatches is Work for a sender that takes many mails at once.
func (s *Service) workBatches(ctx context.Context, sender mail.BatchSender, now time.Time) (int, error) {
	claim := s.claim(now)
	claim.Limit = sender.MaxBatch()
	rows, err := s.Store.Invitations().Claim(ctx, claim)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	var fresh, alone []*feedback.Invitation
	open := map[string]bool{}
	for _, v := range rows {
		switch {
		case v.Batch != "" && v.Changed.IsZero():
			open[v.Batch] = true
		case v.Attempts > 1:
			alone = append(alone, v)
		default:
			fresh = append(fresh, v)
		}
	}
	var errs []error
	for id := range open {
		never, err := s.resume(ctx, sender, id, rows, now)
		errs, alone = append(errs, err), append(alone, never...)
	}
	errs = append(errs, s.together(ctx, sender, fresh, now), worker.Each(alone, parallel, func(v *feedback.Invitation) error {
		return unlessTaken(s.step(ctx, v, now))
	}))
	return len(rows), errors.Join(errs...)
}

// unlessTaken forgives that somebody else changed the row; whatever is due on it now is claimed again.
func unlessTaken(err error) error {
	if errors.Is(err, store.ErrConflict) {
		return nil
	}
	return err
}

// together sends the mails of rows that were claimed for the first time.
func (s *Service) together(ctx context.Context, sender mail.BatchSender, rows []*feedback.Invitation, now time.Time) error {
	id := uuid.NewString()
	ready := make([]*parcel, len(rows))
	index := map[string]int{}
	for i, v := range rows {
		index[v.ID] = i
	}
	err := worker.Each(rows, parallel, func(v *feedback.Invitation) error {
		p, err := s.pack(ctx, v, now)
		if err != nil || p == nil {
			return unlessTaken(err)
		}
		v.Batch = id
		if err := s.Store.Invitations().Save(ctx, v); err != nil {
			return unlessTaken(err)
		}
		ready[index[v.ID]] = p
		return nil
	})
	if err != nil {
		return err
	}
	var batch []parcel
	var members []member
	for _, p := range ready {
		if p != nil {
			batch = append(batch, *p)
			members = append(members, p.was)
		}
	}
	if len(batch) == 0 {
		return nil
	}
	if err := s.writeDown(ctx, id, members); err != nil {
		return unlessTaken(err)
	}
	return s.dispatch(ctx, sender, id, batch, now)
}

// pack makes the mail that is due for a claimed row, or does what else is due on it and returns nil.
func (s *Service) pack(ctx context.Context, v *feedback.Invitation, now time.Time) (*parcel, error) {
	if !v.Changed.IsZero() || v.State != feedback.Scheduled && v.State != feedback.Sent || !now.Before(v.ExpiresAt) {
		return nil, s.step(ctx, v, now)
	}
	m, ready, err := s.ready(ctx, v, now)
	if err != nil || !ready {
		return nil, err
	}
	return newParcel(v, m), nil
}

// writeDown keeps the list of a batch. store.ErrConflict when somebody left an empty one in its place.
func (s *Service) writeDown(ctx context.Context, id string, members []member) error {
	raw, err := json.Marshal(members)
	if err != nil {
		return err
	}
	row := &feedback.Setting{Value: raw}
	row.ID = batchSetting + id
	err = s.Store.Settings().Insert(ctx, row)
	if errors.Is(err, store.ErrExists) {
		return store.ErrConflict
	}
	return err
}

// dispatch sends a batch and tells each row what became of its mail.
func (s *Service) dispatch(ctx context.Context, sender mail.BatchSender, id string, batch []parcel, now time.Time) error {
	messages := make([]mail.Message, len(batch))
	for i, p := range batch {
		messages[i] = p.msg
	}
	results, err := sender.SendBatch(ctx, messages)
	if err != nil {
		return s.undispatched(ctx, id, batch, err, now)
	}
	if len(results) != len(batch) {
		return fmt.Errorf("the mail service decided on %d of %d mails", len(results), len(batch))
	}
	outcomes := make(map[string]error, len(batch))
	for i, p := range batch {
		outcomes[p.row.ID] = results[i].Err
	}
	s.Log.Info("mails sent", "batch", id, "mails", len(batch))
	err = worker.Each(batch, parallel, func(p parcel) error {
		return s.settle(ctx, id, p, outcomes[p.row.ID], now)
	})
	if err != nil {
		return err // the list stays, and the request is repeated
	}
	if err := s.Store.Settings().Delete(ctx, batchSetting+id); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return nil
}

// settle tells a row of a batch what became of its mail, over whatever else happened to the row, once.
func (s *Service) settle(ctx context.Context, id string, p parcel, outcome error, now time.Time) error {
	write := func(v *feedback.Invitation) {
		v.Batch = ""
		switch {
		case v.State != p.was.State || v.Reminded != p.was.Reminded: // an answer or an opt-out came first, and says more
		case outcome == nil:
			v.MarkSent(now)
		default:
			v.LastError = mail.Reason(outcome)
			v.End(now, feedback.Failed, "mail", "The mail could not be handed over: "+mail.Reason(outcome))
		}
	}
	v := p.row
	write(v)
	err := s.Store.Invitations().Save(ctx, v)
	if errors.Is(err, store.ErrConflict) {
		v, err = store.Update(ctx, s.Store.Invitations(), v.ID, func(v *feedback.Invitation) error {
			if v.Batch != id {
				return store.ErrConflict
			}
			write(v)
			return nil
		})
	}
	if errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) {
		return nil // somebody else repeated the batch and wrote it down; or the person was erased
	}
	if err != nil || v.Changed.IsZero() {
		return err
	}
	return unlessTaken(s.count(ctx, v, now))
}

// undispatched keeps a batch for a repetition, or ends its mails. A request that was refused as a whole
// and of which nothing can have been taken is taken apart: alone, each mail shows whether it is the
// wrong one.
func (s *Service) undispatched(ctx context.Context, id string, batch []parcel, sendErr error, now time.Time) error {
	s.Log.Warn("mails not sent", "batch", id, "mails", len(batch), "reason", mail.Class(sendErr), "detail", mail.Reason(sendErr))
	refused := errors.Is(sendErr, mail.ErrRejected)
	over := refused && mail.Maybe(sendErr) || now.Sub(batch[0].row.Started) > giveUp
	due := feedback.UTC(now.Add(mail.Backoff(batch[0].row.Attempts, sendErr)))
	err := worker.Each(batch, parallel, func(p parcel) error {
		if over {
			return s.settle(ctx, id, p, sendErr, now)
		}
		v := p.row
		if refused {
			v.Batch = ""
			v.Retry(feedback.UTC(now), mail.Reason(sendErr))
		} else {
			v.Retry(due, mail.Reason(sendErr))
		}
		return unlessTaken(s.Store.Invitations().Save(ctx, v))
	})
	if err == nil && (over || refused) {
		err = s.Store.Settings().Delete(ctx, batchSetting+id)
	}
	return err
}

// resume repeats a batch that was interrupted, all of it, whichever of its rows were claimed. It returns
// the claimed rows of a batch that was never sent.
func (s *Service) resume(ctx context.Context, sender mail.BatchSender, id string, claimed []*feedback.Invitation, now time.Time) (never []*feedback.Invitation, err error) {
	err = s.writeDown(ctx, id, nil)
	if err == nil { // there was no list: nothing was sent, and now nothing can be
		return unmarked(claimed, id), nil
	}
	if !errors.Is(err, store.ErrConflict) {
		return nil, err
	}
	list, err := s.Store.Settings().Get(ctx, batchSetting+id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil // whoever had it has just ended it, and wrote so into its rows
	}
	if err != nil {
		return nil, err
	}
	var members []member
	if err := json.Unmarshal(list.Value, &members); err != nil {
		return nil, fmt.Errorf("list of the mails of a batch: %w", err)
	}
	if len(members) == 0 {
		return unmarked(claimed, id), nil
	}
	batch, err := s.repack(ctx, members, claimed)
	if err != nil {
		return nil, err
	}
	return nil, s.dispatchAgain(ctx, sender, id, batch, len(members), now)
}

// dispatchAgain repeats a batch, unless it cannot be repeated as it was: it is too old for the provider to
// recognise it, or a person in it was erased.
func (s *Service) dispatchAgain(ctx context.Context, sender mail.BatchSender, id string, batch []parcel, members int, now time.Time) error {
	if len(batch) == 0 {
		return s.Store.Settings().Delete(ctx, batchSetting+id)
	}
	if len(batch) == members && now.Sub(batch[0].msg.Date) <= giveUp {
		return s.dispatch(ctx, sender, id, batch, now)
	}
	lost := &mail.Error{Class: mail.ErrRejected, Maybe: true, Reason: "whether it was handed over before the service was interrupted is not known, and sending it again might send it twice"}
	return s.undispatched(ctx, id, batch, lost, now)
}

// unmarked are the claimed rows of a batch, out of it.
func unmarked(claimed []*feedback.Invitation, id string) []*feedback.Invitation {
	var out []*feedback.Invitation
	for _, v := range claimed {
		if v.Batch == id {
			v.Batch = ""
			out = append(out, v)
		}
	}
	return out
}

// repack makes the mails of a batch as they were made for the first time. Erased rows are left out.
func (s *Service) repack(ctx context.Context, members []member, claimed []*feedback.Invitation) ([]parcel, error) {
	rows := map[string]*feedback.Invitation{}
	for _, v := range claimed {
		rows[v.ID] = v
	}
	var batch []parcel
	for _, m := range members {
		v := rows[m.ID]
		if v == nil {
			var err error
			if v, err = s.Store.Invitations().Get(ctx, m.ID); errors.Is(err, store.ErrNotFound) {
				continue
			} else if err != nil {
				return nil, err
			}
		}
		was := *v
		was.State, was.Reminded, was.Started = m.State, m.Reminded, m.Started
		survey, err := s.Catalog.Version(ctx, v.Survey, v.Version)
		if err != nil {
			return nil, fmt.Errorf("survey of invitation: %w", err)
		}
		msg, err := s.message(&was, survey)
		if err != nil {
			return nil, err
		}
		batch = append(batch, parcel{v, msg, m})
	}
	return batch, nil
}
