package collect

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// Kinds of requests about a person's data (GDPR, articles 15 and 17).
const (
	WantCopy  = "copy"
	WantErase = "erase"
)

// requestPrefix begins the names of the settings that hold requests.
const requestPrefix = "data-request/"

// Request is a customer's wish about their own data. It is a setting, named by its kind and the
// invitation whose link it came by.
type Request struct {
	ID         string    `json:"-"`
	Kind       string    `json:"kind"`
	Person     string    `json:"person"`
	Email      string    `json:"email,omitempty"` // emptied when an erasure is done
	Name       string    `json:"name,omitempty"`
	Invitation string    `json:"invitation"`
	At         time.Time `json:"at"`
	Done       time.Time `json:"done,omitzero"`
	DoneBy     string    `json:"done_by,omitempty"`
}

// AskData writes down that the customer wants a copy of their data, or its erasure. Asking again while
// the request is open changes nothing. ErrUnknown.
func (s *Service) AskData(ctx context.Context, token, kind string, now time.Time) error {
	v, err := s.find(ctx, token)
	if err != nil {
		return err
	}
	if kind != WantCopy && kind != WantErase {
		return feedback.Refuse("do", "must be copy or erase")
	}
	in := v.Invitation
	r := Request{Kind: kind, Person: in.Person, Email: in.Customer.Email, Name: in.Customer.Name, Invitation: in.ID, At: feedback.UTC(now)}
	row := &feedback.Setting{Record: feedback.Record{ID: requestPrefix + kind + "/" + in.ID}}
	if row.Value, err = json.Marshal(r); err != nil {
		return wrap("write a request", err)
	}
	err = s.Store.Settings().Insert(ctx, row)
	if errors.Is(err, store.ErrExists) {
		err = s.reopenRequest(ctx, row)
	}
	if err == nil {
		s.Log.Info("data requested", "kind", kind, "invitation", in.ID)
	}
	return wrap("keep a request", err)
}

// reopenRequest takes up a request again that was done before.
func (s *Service) reopenRequest(ctx context.Context, row *feedback.Setting) error {
	_, err := store.Update(ctx, s.Store.Settings(), row.ID, func(old *feedback.Setting) error {
		if readRequest(old).Done.IsZero() {
			return errKept
		}
		old.Value = row.Value
		return nil
	})
	if errors.Is(err, errKept) {
		return nil
	}
	return err
}

func readRequest(row *feedback.Setting) Request {
	r := Request{}
	_ = json.Unmarshal(row.Value, &r) // a value that is damaged shows as an empty request, to be closed by hand
	r.ID = strings.TrimPrefix(row.ID, requestPrefix)
	return r
}

// Requests lists what customers asked about their data: the open ones first, oldest first.
func (s *Service) Requests(ctx context.Context) ([]Request, error) {
	var out []Request
	err := s.settings(ctx, requestPrefix, func(row *feedback.Setting) { out = append(out, readRequest(row)) })
	slices.SortStableFunc(out, func(a, b Request) int {
		if a.Done.IsZero() != b.Done.IsZero() {
			if a.Done.IsZero() {
				return -1
			}
			return 1
		}
		return a.At.Compare(b.At)
	})
	return out, err
}

// CloseRequest writes down that somebody did what a request asks for. store.ErrNotFound.
func (s *Service) CloseRequest(ctx context.Context, id, by string, now time.Time) error {
	_, err := store.Update(ctx, s.Store.Settings(), requestPrefix+id, func(row *feedback.Setting) error {
		r := readRequest(row)
		if !r.Done.IsZero() {
			return errKept
		}
		r.Done, r.DoneBy = feedback.UTC(now), by
		if r.Kind == WantErase {
			r.Person, r.Email, r.Name = "", "", ""
		}
		var err error
		row.Value, err = json.Marshal(r)
		return err
	})
	if errors.Is(err, errKept) {
		return nil
	}
	return wrap("close a request", err)
}
