package outbox

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"earshot/internal/mail"
)

// ErrNotFound says that the outbox has no message of this name.
var ErrNotFound = errors.New("outbox: no such message")

// maxMessage bounds what is read of one file, in bytes; our own messages are a tenth of it.
const maxMessage = 1 << 20

// maxPage is the most messages List returns at once.
const maxPage = 200

// Entry is one message in a list.
type Entry struct {
	Name     string    // the file's, for Read
	At       time.Time // the message's date, UTC
	Kind     mail.Kind
	Ref      string
	From, To string // as written in the header, decoded
	Subject  string
	Size     int64 // bytes of the file
}

// Stored is one message, opened.
type Stored struct {
	Entry
	Headers []mail.Header // all of them, decoded, by name
	Text    string
	HTML    string // as sent: show it only in a sandbox
	Raw     []byte // the file, for download
}

// List returns up to limit messages (1..200), newest first, beginning after the name given; an empty
// name begins at the newest. next is the name to go on after, or empty at the end. Files that are not
// messages of ours are passed over.
func (o *Outbox) List(after string, limit int) (entries []Entry, next string, err error) {
	limit = min(max(limit, 1), maxPage)
	names, err := o.names(after)
	if err != nil {
		return nil, "", err
	}
	for _, name := range names {
		if len(entries) == limit {
			return entries, entries[limit-1].Name, nil
		}
		stored, err := o.Read(name)
		if errors.Is(err, ErrNotFound) {
			continue // removed in the meantime
		}
		if err != nil {
			return nil, "", err
		}
		entries = append(entries, stored.Entry)
	}
	return entries, "", nil
}

// names lists the messages older than after, newest first.
func (o *Outbox) names(after string) ([]string, error) {
	dir, err := os.Open(o.dir)
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	defer dir.Close()
	all, err := dir.Readdirnames(-1)
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	all = slices.DeleteFunc(all, func(name string) bool {
		_, ok := nameTime(name)
		return !ok || (after != "" && name >= after)
	})
	slices.SortFunc(all, func(a, b string) int { return strings.Compare(b, a) })
	return all, nil
}

// Read opens one message. A name that List would not give is ErrNotFound, whatever it points to.
func (o *Outbox) Read(name string) (Stored, error) {
	at, ok := nameTime(name)
	if !ok {
		return Stored{}, ErrNotFound
	}
	raw, err := o.readFile(name)
	if err != nil {
		return Stored{}, err
	}
	s := Stored{Entry: Entry{Name: name, At: at, Size: int64(len(raw))}, Raw: raw}
	msg, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		s.Subject, s.Text = name, string(raw) // somebody edited it; show what is there
		return s, nil
	}
	s.readHeader(msg.Header)
	s.readBody(msg)
	return s, nil
}

// readFile reads inside the folder only (os.Root follows no link out of it).
func (o *Outbox) readFile(name string) ([]byte, error) {
	root, err := os.OpenRoot(o.dir)
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	defer root.Close()
	info, err := root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) || (err == nil && !info.Mode().IsRegular()) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxMessage))
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	return raw, nil
}

func (s *Stored) readHeader(h netmail.Header) {
	words := new(mime.WordDecoder)
	for name, values := range h {
		for _, v := range values {
			if decoded, err := words.DecodeHeader(v); err == nil {
				v = decoded
			}
			s.Headers = append(s.Headers, mail.Header{Name: name, Value: v})
		}
	}
	slices.SortFunc(s.Headers, func(a, b mail.Header) int { return strings.Compare(a.Name, b.Name) })
	for _, f := range s.Headers {
		switch f.Name {
		case "From":
			s.From = f.Value
		case "To":
			s.To = f.Value
		case "Subject":
			s.Subject = f.Value
		case "X-Earshot-Kind":
			s.Kind = mail.Kind(f.Value)
		case "X-Earshot-Ref":
			s.Ref = f.Value
		}
	}
}

// readBody finds the two parts that mail.Message.MIME writes.
func (s *Stored) readBody(msg *netmail.Message) {
	_, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil || params["boundary"] == "" {
		rest, _ := io.ReadAll(msg.Body)
		s.Text = string(rest)
		return
	}
	parts := multipart.NewReader(msg.Body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if err != nil {
			return
		}
		body, _ := io.ReadAll(quotedprintable.NewReader(part))
		text := strings.ReplaceAll(string(body), "\r\n", "\n")
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
			s.HTML = text
		} else {
			s.Text = text
		}
	}
}

// Remove deletes a message. ErrNotFound when there is none of this name (any more).
func (o *Outbox) Remove(name string) error {
	if _, ok := nameTime(name); !ok {
		return ErrNotFound
	}
	err := os.Remove(filepath.Join(o.dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	return o.sync.wait()
}
