package perception

import (
	"context"
	"fmt"
	"sync"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// names remembers how agents are called. Rollups know addresses only; names seldom change, and a
// name that is out of date for the life of a process harms nobody.
type names struct {
	mu    sync.Mutex
	known map[string]string
}

func newNames() *names { return &names{known: map[string]string{}} }

// agentNames returns the display names of agents by address: from the people who sign in, else from
// the latest response an agent earned, else the address.
func (s *Service) agentNames(ctx context.Context, emails []string) (map[string]string, error) {
	users, err := s.store.Users().List(ctx)
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	out := make(map[string]string, len(emails))
	for _, u := range users {
		if u.Name != "" {
			out[u.Email] = u.Name
		}
	}
	for _, email := range emails {
		if out[email] != "" {
			continue
		}
		if out[email], err = s.earnedName(ctx, email); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Service) earnedName(ctx context.Context, email string) (string, error) {
	s.names.mu.Lock()
	name, ok := s.names.known[email]
	s.names.mu.Unlock()
	if ok {
		return name, nil
	}
	list, err := s.store.Responses().List(ctx, store.ResponseFilter{Agent: email}, store.Page{Limit: 1})
	if err != nil {
		return "", fmt.Errorf("look up an agent's name: %w", err)
	}
	name = feedback.Agent{Email: email}.DisplayName()
	if len(list.Items) > 0 {
		name = list.Items[0].Agent.DisplayName()
	}
	s.names.mu.Lock()
	s.names.known[email] = name
	s.names.mu.Unlock()
	return name, nil
}

// AgentName is how people call the agent with this address.
func (s *Service) AgentName(ctx context.Context, email string) (string, error) {
	names, err := s.agentNames(ctx, []string{email})
	if err != nil {
		return "", err
	}
	return names[email], nil
}
