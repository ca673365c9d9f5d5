package step

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/tunegate/tunegate/internal/store"
)

// Executor runs steps over a store.
type Executor struct {
	Store *store.Store
	Clock func() time.Time
	Force Stage // to run again, even if the result is kept; empty: none
	Watch Watcher
}

// Watcher is notified of the progress of steps.
type Watcher interface {
	// State is a step's change of state. Seconds is how long the step took, also when
	// its result is reused. The key is empty if nothing is kept.
	State(stage Stage, name string, key store.Key, state State, seconds float64)
	// Kept is a result that the run needs.
	Kept(stage Stage, name string, entry store.Entry) error
}

// Run brings the step's result: from the store, or by running it. The step
// fills a draft folder, which gets the result's name only when it is complete.
func (s *Of[V]) Run(ctx context.Context, e Executor) error {
	began, key := e.Clock(), store.Key("")
	err := s.bring(ctx, e, &key)
	s.brought = err == nil
	if err != nil {
		e.Watch.State(s.Stage, s.Name, key, Failed, e.Clock().Sub(began).Seconds())
	}
	return err
}

// bring is Run, which reports the key of the result as soon as it is known.
func (s *Of[V]) bring(ctx context.Context, e Executor, key *store.Key) error {
	if s.Slot == nil {
		return s.always(ctx, e)
	}
	slot, err := s.Slot(ctx)
	if err != nil {
		return err
	}
	if slot == nil {
		return fmt.Errorf("%s: %w", strings.TrimSpace(string(s.Stage)+" "+s.Name), errUnknown)
	}
	*key = slot.Key
	forced := e.Force != "" && e.Force == s.Stage
	found, held, err := s.find(ctx, e.Store, *slot)
	if err != nil {
		return err
	}
	if found && held && !forced {
		s.known = true
		e.Watch.State(s.Stage, s.Name, slot.Key, Reused, s.entry.Manifest.Seconds)
		return e.Watch.Kept(s.Stage, s.Name, s.entry)
	}
	e.Watch.State(s.Stage, s.Name, slot.Key, Running, 0)
	if err := s.make(ctx, e, *slot, s.Resume && !forced); err != nil {
		return err
	}
	e.Watch.State(s.Stage, s.Name, slot.Key, Done, s.entry.Manifest.Seconds)
	return e.Watch.Kept(s.Stage, s.Name, s.entry)
}

// make runs the step in a draft and keeps that.
func (s *Of[V]) make(ctx context.Context, e Executor, slot store.Slot, resume bool) error {
	draft, err := e.Store.Begin(slot.Stage, slot.Key)
	if err == nil && !resume {
		if err = draft.Discard(); err == nil {
			draft, err = e.Store.Begin(slot.Stage, slot.Key)
		}
	}
	if err != nil {
		return err
	}
	began := e.Clock()
	value, err := s.Do(ctx, draft.Dir)
	if err != nil {
		return err
	}
	entry, err := draft.Commit(store.Result{Options: slot.Options, Inputs: slot.Inputs, Value: value, Took: e.Clock().Sub(began)})
	if err != nil {
		return err
	}
	s.entry, s.value, s.known = entry, value, true
	return nil
}

// always runs a step that keeps nothing.
func (s *Of[V]) always(ctx context.Context, e Executor) error {
	e.Watch.State(s.Stage, s.Name, "", Running, 0)
	began := e.Clock()
	value, err := s.Do(ctx, "")
	if err != nil {
		return err
	}
	s.value, s.known = value, true
	e.Watch.State(s.Stage, s.Name, "", Done, e.Clock().Sub(began).Seconds())
	return nil
}
