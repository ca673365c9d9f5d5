// Package step defines one piece of a run's work: its name, what decides its result,
// and what it does. A kept result is taken from the store; otherwise the work is done.
// A step can also be looked at without doing anything.
package step

import (
	"context"
	"errors"

	"github.com/tunegate/tunegate/internal/store"
)

// Of is one piece of a run's work whose result is a V.
type Of[V any] struct {
	Stage Stage
	Name  string // of the result, where a stage has several; empty: the stage's own
	// Slot says where the result is kept; it may use the results of earlier steps,
	// and is nil until they are known. A step without a Slot is done in every run.
	Slot func(ctx context.Context) (*store.Slot, error)
	// Resume takes up what a killed attempt left, instead of throwing it away.
	Resume bool
	// Holds says whether a kept result is still true outside of the store; nil: it
	// is. One that is not is made again, and stays until then.
	Holds func(ctx context.Context, kept V) (bool, error)
	// Needs estimates what the work takes; nil: nothing worth a word.
	Needs func() Needs
	// Looks says, of a step that keeps nothing, that what its work looks at is known
	// by now and that it does and starts nothing: then looking ahead does it too. Nil:
	// only a run does it.
	Looks func() bool
	// Do does the work. What it writes into dir is kept with its value. A kept
	// result that is made again is the step's Value meanwhile.
	Do func(ctx context.Context, dir string) (V, error)

	entry   store.Entry
	value   V
	known   bool
	brought bool // by Run or Take, and not only looked at
}

// Needs are what a piece of work takes of the machine, in bytes.
type Needs struct {
	Disk int64 // that stays, or is there at the height of the work
}

// Step is a step of any result.
type Step interface {
	// Label gives the step's stage and name.
	Label() (Stage, string)
	// Look finds out whether the result is kept, and takes it if so.
	Look(ctx context.Context, in *store.Store, force Stage) (Look, error)
	// Run brings the result: it is kept, or the work is done.
	Run(ctx context.Context, e Executor) error
	// Takes is what the work needs.
	Takes() Needs
	// Keeps says whether the result is kept; else the step is done in every run.
	Keeps() bool
}

// Look is what a step finds without doing anything.
type Look struct {
	Slot  *store.Slot // nil: not known yet, or the step keeps nothing
	Kept  bool
	Fault error // that a step which only looks would stop a run with
}

// Label gives the step's stage and name.
func (s *Of[V]) Label() (Stage, string) { return s.Stage, s.Name }

// Takes is what the work needs.
func (s *Of[V]) Takes() Needs {
	if s.Needs == nil {
		return Needs{}
	}
	return s.Needs()
}

// Keeps says whether the result is kept.
func (s *Of[V]) Keeps() bool { return s.Slot != nil }

// Known says whether the result is there, if only to look at.
func (s *Of[V]) Known() bool { return s.known }

// Brought says whether Run or Take brought the result, so that it is this run's.
func (s *Of[V]) Brought() bool { return s.brought }

// Value is the result where it is Known. To the Do of a result that is made again it
// is what was kept; else it is the zero value.
func (s *Of[V]) Value() V { return s.value }

// Entry is the folder of the Value in the store; empty where the step keeps nothing.
func (s *Of[V]) Entry() store.Entry { return s.entry }

// Look finds out whether the result is kept, and takes it if so.
func (s *Of[V]) Look(ctx context.Context, in *store.Store, force Stage) (Look, error) {
	if s.Slot == nil {
		if s.Looks == nil || !s.Looks() {
			return Look{}, nil
		}
		_, fault := s.Do(ctx, "")
		return Look{Fault: fault}, ctx.Err()
	}
	slot, err := s.Slot(ctx)
	if err != nil || slot == nil {
		return Look{}, err
	}
	if force != "" && force == s.Stage {
		return Look{Slot: slot}, nil
	}
	found, held, err := s.find(ctx, in, *slot)
	if err != nil || !found || !held {
		return Look{Slot: slot}, err
	}
	s.known = true
	return Look{Slot: slot, Kept: true}, nil
}

// find reads a kept result and asks whether it holds. What was known of another slot
// is forgotten.
func (s *Of[V]) find(ctx context.Context, in *store.Store, slot store.Slot) (found, held bool, err error) {
	var none V
	s.entry, s.value, s.known = store.Entry{}, none, false
	entry, err := in.Find(slot)
	if err != nil {
		return false, false, nil
	}
	var value V
	if err := entry.Decode(&value); err != nil {
		return false, false, nil // damaged: as none
	}
	s.entry, s.value = entry, value
	if s.Holds == nil {
		return true, true, nil
	}
	held, err = s.Holds(ctx, value)
	return true, held, err
}

// Try does the work in a folder whose content is not kept.
func (s *Of[V]) Try(ctx context.Context, dir string) error {
	value, err := s.Do(ctx, dir)
	if err != nil {
		return err
	}
	s.entry, err = store.Describe(dir)
	s.value, s.known = value, err == nil
	return err
}

// Take makes a kept result this step's, whatever decides it.
func (s *Of[V]) Take(entry store.Entry) error {
	var value V
	if err := entry.Decode(&value); err != nil {
		return err
	}
	s.entry, s.value, s.known, s.brought = entry, value, true, true
	return nil
}

// errUnknown says that steps run in a wrong order.
var errUnknown = errors.New("what decides the step is not known yet")
