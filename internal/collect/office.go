package collect

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"time"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// officeSetting is where the organisation's own networks are kept, one a line.
const officeSetting = "office-networks"

// officeLasts is how long the networks are remembered between two looks.
const officeLasts = time.Minute

// offices knows the organisation's own networks. An answer keeps only whether it came from one of them,
// never an address.
type offices struct {
	mu       sync.Mutex
	read     time.Time
	networks []netip.Prefix
}

// ParseNetworks reads networks as CIDR or single addresses, separated by white space or commas.
// *feedback.Invalid names the first that is neither.
func ParseNetworks(text string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\r' || r == '\t' }) {
		if p, err := netip.ParsePrefix(word); err == nil {
			out = append(out, p.Masked())
			continue
		}
		a, err := netip.ParseAddr(word)
		if err != nil {
			return nil, feedback.Refuse("networks", fmt.Sprintf("holds %q, which is no network such as 203.0.113.0/24", word))
		}
		out = append(out, netip.PrefixFrom(a, a.BitLen()))
	}
	return out, nil
}

// Offices returns the text of the organisation's own networks as it was entered.
func (s *Service) Offices(ctx context.Context) (string, error) {
	row, err := s.Store.Settings().Get(ctx, officeSetting)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read the office networks: %w", err)
	}
	return string(row.Value), nil
}

// SetOffices replaces the organisation's own networks. Answers that came before keep what they have.
func (s *Service) SetOffices(ctx context.Context, text string) error {
	if _, err := ParseNetworks(text); err != nil {
		return err
	}
	row := &feedback.Setting{Value: []byte(text)}
	row.ID = officeSetting
	err := s.Store.Settings().Insert(ctx, row)
	if errors.Is(err, store.ErrExists) {
		_, err = store.Update(ctx, s.Store.Settings(), officeSetting, func(old *feedback.Setting) error {
			old.Value = []byte(text)
			return nil
		})
	}
	if err != nil {
		return fmt.Errorf("keep the office networks: %w", err)
	}
	s.offices.mu.Lock()
	defer s.offices.mu.Unlock()
	s.offices.read = time.Time{}
	return nil
}

// fromOffice tells whether an address belongs to one of the organisation's own networks. When that
// cannot be read, it does not: an answer is never lost to it.
func (s *Service) fromOffice(ctx context.Context, address string, now time.Time) bool {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	s.offices.mu.Lock()
	defer s.offices.mu.Unlock()
	if now.Sub(s.offices.read) > officeLasts || s.offices.read.After(now) {
		if text, err := s.Offices(ctx); err == nil {
			s.offices.networks, _ = ParseNetworks(text) // it was checked when it was written
			s.offices.read = now
		}
	}
	for _, n := range s.offices.networks {
		if n.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}
