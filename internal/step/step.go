// Package step defines one piece of a run's work: its name, what decides its result,
// and what it does. A kept result is taken from the store; otherwise the step is run.
// A step can also be inspected without running it.
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
	// Slot is where the result is kept; it may use the results of earlier steps,
	// and is nil until they are known. A step without a Slot is done in every run.
	Slot func(ctx context.Context) (*store.Slot, error)
	// Resume reuses the draft of a killed attempt instead of discarding it.
	Resume bool
	// Holds reports whether a kept result is still valid outside the store; nil: it
	// is. An invalid one is made again, and is kept until then.
	Holds func(ctx context.Context, kept V) (bool, error)
	// Needs estimates what the step needs; nil: nothing significant.
	Needs func() Needs
	// ReadOnly reports, of a step that keeps nothing, whether its inputs are known
	// by now and it changes and starts nothing: then inspecting it runs it too. Nil:
	// only a run does it.
	ReadOnly func() bool
	// Do runs the step. What it writes into dir is kept with its value. A kept
	// result that is made again is the step's Value meanwhile.
	Do func(ctx context.Context, dir string) (V, error)

	entry   store.Entry
	value   V
	known   bool
	brought bool // by Run or Take, and not only inspected
}

// Needs are what a step needs of the machine, in bytes.
type Needs struct {
	Disk int64 // that stays, or is there at the height of the work
}

// Step is a step of any result.
type Step interface {
	// Label returns the step's stage and name.
	Label() (Stage, string)
	// Inspect determines whether the result is kept, and takes it if so.
	Inspect(ctx context.Context, in *store.Store, force Stage) (Inspection, error)
	// Run brings the result: from the store, or by running the step.
	Run(ctx context.Context, e Executor) error
	// Takes is what the step needs.
	Takes() Needs
	// Keeps reports whether the result is kept; else the step is done in every run.
	Keeps() bool
}

// Inspection is the result of inspecting a step.
type Inspection struct {
	Slot  *store.Slot // nil: not known yet, or the step keeps nothing
	Kept  bool
	Fault error // with which a read-only step would stop a run
}

// Label returns the step's stage and name.
func (s *Of[V]) Label() (Stage, string) { return s.Stage, s.Name }

// Takes is what the step needs.
func (s *Of[V]) Takes() Needs {
	if s.Needs == nil {
		return Needs{}
	}
	return s.Needs()
}

// Keeps reports whether the result is kept.
func (s *Of[V]) Keeps() bool { return s.Slot != nil }

// Known reports whether there is a result, if only for inspection.
func (s *Of[V]) Known() bool { return s.known }

// Brought reports whether Run or Take brought the result, so that it is this run's.
func (s *Of[V]) Brought() bool { return s.brought }

// Value is the result if it is Known. To the Do of a result that is made again it
// is what was kept; else it is the zero value.
func (s *Of[V]) Value() V { return s.value }

// Entry is the folder of the Value in the store; empty if the step keeps nothing.
func (s *Of[V]) Entry() store.Entry { return s.entry }

// Inspect determines whether the result is kept, and takes it if so.
func (s *Of[V]) Inspect(ctx context.Context, in *store.Store, force Stage) (Inspection, error) {
	if s.Slot == nil {
		if s.ReadOnly == nil || !s.ReadOnly() {
			return Inspection{}, nil
		}
		_, fault := s.Do(ctx, "")
		return Inspection{Fault: fault}, ctx.Err()
	}
	slot, err := s.Slot(ctx)
	if err != nil || slot == nil {
		return Inspection{}, err
	}
	if force != "" && force == s.Stage {
		return Inspection{Slot: slot}, nil
	}
	found, held, err := s.find(ctx, in, *slot)
	if err != nil || !found || !held {
		return Inspection{Slot: slot}, err
	}
	s.known = true
	return Inspection{Slot: slot, Kept: true}, nil
}

// find reads a kept result and checks that it is valid. What was known of another slot
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
		return false, false, nil // damaged: treated as missing
	}
	s.entry, s.value = entry, value
	if s.Holds == nil {
		return true, true, nil
	}
	held, err = s.Holds(ctx, value)
	return true, held, err
}

// Try runs the step in a folder whose content is not kept.
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

// errUnknown is the error of steps run in the wrong order.
var errUnknown = errors.New("the inputs of the step are not known yet")
