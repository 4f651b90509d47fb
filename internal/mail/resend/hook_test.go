package resend_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"earshot/internal/mail"
	"earshot/internal/mail/mailtest"
	"earshot/internal/mail/resend"
)

// TestReceived fetches a mail in the form of Resend's API reference.
func TestReceived(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path != "/emails/receiving/r-1" || r.Header.Get("Authorization") != "Bearer "+mailtest.ResendKey {
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte(`{"statusCode":404,"name":"not_found","message":"Email not found"}`))
			return
		}
		_, _ = w.Write([]byte(`{"object":"email","id":"r-1","to":["reply+tag@in.acme.test"],"from":"Mara Lind <mara@example.com>","subject":"Re: How did we do?",
			"html":"<p>4 - but I waited</p>","text":"4 - but I waited\n\nOn Fri, 20 Nov 2026, Acme wrote:\n> How did we do?","message_id":"<a1@example.com>",
			"headers":{"in-reply-to":"<near@acme.test>","auto-submitted":"no"}}`))
	}))
	t.Cleanup(server.Close)
	s, err := resend.Open(resend.Settings{Key: mailtest.ResendKey, BaseURL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.Received(t.Context(), "r-1")
	if err != nil {
		t.Fatal(err)
	}
	if m.ID != "a1@example.com" || m.From.Email != "mara@example.com" || m.Reply != "4 - but I waited" || m.To[0] != "reply+tag@in.acme.test" || m.Refs[0] != "near@acme.test" || m.Auto != "" {
		t.Errorf("received %+v", m)
	}
	if _, err := s.Received(t.Context(), "other"); !errors.Is(err, mail.ErrAccount) && !errors.Is(err, mail.ErrRejected) {
		t.Errorf("a mail that is not there: %v", err)
	}
}

// FuzzReadEvent: nothing that anybody posts is believed or panics without the secret.
func FuzzReadEvent(f *testing.F) {
	f.Add("m1", "1795183380", "v1,AAAA", []byte(`{"type":"email.bounced","data":{"tags":{"ref":"x"}}}`))
	f.Fuzz(func(t *testing.T, id, ts, signature string, body []byte) {
		header := func(name string) string {
			return map[string]string{"svix-id": id, "svix-timestamp": ts, "svix-signature": signature}[name]
		}
		_, err := resend.ReadEvent(header, body, "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", time.Unix(1795183380, 0))
		if !errors.Is(err, resend.ErrSignature) {
			t.Fatalf("believed: %v", err)
		}
	})
}
