// Package outbox is the mail.Sender of an installation without a mail provider: every message
// becomes one .eml file in a folder, which any mail program opens and which administrators browse
// at /outbox.
//
// A file is named <RFC 3339 time>-<kind>-<ref>.eml, the time being the message's Date in UTC with
// milliseconds, so that names sort by time. A file is complete from the moment it can be seen, and
// Send returns only when it would survive a power cut.
package outbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"time"

	"earshot/internal/mail"
)

// stale is how old a temporary file must be for Open to take it for the leftover of a crash.
const stale = time.Hour

// Outbox is a folder of messages. It is safe for concurrent use, also by several processes.
type Outbox struct {
	dir  string
	sync *dirSync
}

// Open makes the folder when it is missing and removes what a crash left half written. now is the
// current time.
func Open(dir string, now time.Time) (*Outbox, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	if err := sweep(dir, now.Add(-stale)); err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	return &Outbox{dir: dir, sync: newDirSync(dir)}, nil
}

// sweep removes temporary files last written before a moment.
func sweep(dir string, before time.Time) error {
	left, err := filepath.Glob(filepath.Join(dir, tempPrefix+"*"))
	if err != nil {
		return err
	}
	for _, name := range left {
		if info, err := os.Lstat(name); err == nil && info.ModTime().Before(before) {
			if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

// Send implements mail.Sender. The receipt is the file's name.
func (o *Outbox) Send(ctx context.Context, m mail.Message) (mail.Receipt, error) {
	if err := ctx.Err(); err != nil {
		return mail.Receipt{}, mail.Temporary("stopped before writing", 0, err)
	}
	raw, err := m.MIME()
	if err != nil {
		return mail.Receipt{}, err
	}
	temp, err := o.write(raw)
	if err != nil {
		return mail.Receipt{}, mail.Temporary("the outbox folder cannot be written", 0, err)
	}
	defer os.Remove(temp)
	name, err := o.place(temp, m)
	if err == nil {
		err = o.sync.wait()
	}
	if err != nil {
		return mail.Receipt{}, mail.Ambiguous("the outbox folder cannot be written", err)
	}
	return mail.Receipt{Provider: name}, nil
}

// tempPrefix begins with a dot, so that neither List nor a person sees an unfinished file.
const tempPrefix = ".unfinished-"

// write puts raw on the disk under a temporary name.
func (o *Outbox) write(raw []byte) (name string, err error) {
	f, err := os.CreateTemp(o.dir, tempPrefix+"*")
	if err != nil {
		return "", err
	}
	defer func() {
		if closed := f.Close(); err == nil {
			err = closed
		}
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	if _, err := f.Write(raw); err != nil {
		return "", err
	}
	return f.Name(), f.Sync()
}

// place gives the file at temp its name. A file of that name is this message already sent, or, when
// it carries another id, another message of the same row at the same moment (two people hear of one
// case): then the name gets a suffix from the key.
func (o *Outbox) place(temp string, m mail.Message) (string, error) {
	name := fileName(m, "")
	if err := o.link(temp, name, m); !errors.Is(err, errOther) {
		return name, err
	}
	name = fileName(m, "-"+strings.TrimPrefix(m.MessageID(), "<")[:8])
	return name, o.link(temp, name, m)
}

// errOther says that a name is taken by another message.
var errOther = errors.New("outbox: another message has this name")

// link never overwrites: of two that try, in whatever process, one gets the name.
func (o *Outbox) link(temp, name string, m mail.Message) error {
	path := filepath.Join(o.dir, name)
	err := os.Link(temp, path)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		err = renameNew(temp, path) // some network folders know no links
	}
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if there, err := netmail.ReadMessage(bytes.NewReader(raw)); err == nil && there.Header.Get("Message-Id") == m.MessageID() {
		return nil
	}
	return errOther
}

// renameNew moves a file to a name that nobody has. Unlike a link it cannot exclude that another
// process takes the name in the same instant; it is for file systems without links only.
func renameNew(from, to string) error {
	if _, err := os.Lstat(to); err == nil {
		return &fs.PathError{Op: "rename", Path: to, Err: fs.ErrExist}
	}
	return os.Rename(from, to)
}
