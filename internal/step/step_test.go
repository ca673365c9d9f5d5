package step

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/store"
)

// watcher keeps what it is told.
type watcher struct{ heard []string }

func (w *watcher) State(stage Stage, _ string, _ store.Key, state State, _ float64) {
	w.heard = append(w.heard, string(stage)+" "+string(state))
}

func (w *watcher) Kept(stage Stage, _ string, _ store.Entry) error {
	w.heard = append(w.heard, string(stage)+" kept")
	return nil
}

func executor(t *testing.T, force Stage) (Executor, *watcher) {
	t.Helper()
	w := &watcher{}
	return Executor{
		Store: store.Open(filepath.Join(t.TempDir(), "store"), "test"), Force: force, Watch: w,
		Clock: func() time.Time { return time.Unix(0, 0) },
	}, w
}

// count makes a step that counts how often it was done, and leaves a file.
func count(done *int, resume bool, failure error) *Of[int] {
	return &Of[int]{
		Stage: Train, Resume: resume,
		Slot: func(context.Context) (*store.Slot, error) {
			return &store.Slot{Stage: "train", Key: store.Digest("in")}, nil
		},
		Do: func(_ context.Context, dir string) (int, error) {
			*done++
			found, _ := os.ReadDir(dir)
			if err := os.WriteFile(filepath.Join(dir, "checkpoint"), nil, 0o644); err != nil {
				return 0, err
			}
			return len(found), failure
		},
	}
}

func TestReuses(t *testing.T) {
	t.Parallel()
	e, seen := executor(t, "")
	done := 0
	for range 2 {
		s := count(&done, false, nil)
		if err := s.Run(t.Context(), e); err != nil || !s.Known() || s.Value() != 0 {
			t.Fatalf("%d, %v", s.Value(), err)
		}
	}
	if done != 1 {
		t.Errorf("done %d times", done)
	}
	if want := []string{"train running", "train done", "train kept", "train reused", "train kept"}; !slices.Equal(seen.heard, want) {
		t.Errorf("told %q", seen.heard)
	}
}

func TestForce(t *testing.T) {
	t.Parallel()
	e, _ := executor(t, Train)
	done := 0
	for range 2 {
		s := count(&done, true, nil)
		if err := s.Run(t.Context(), e); err != nil || s.Value() != 0 {
			t.Fatalf("a forced stage found %d files (%v)", s.Value(), err)
		}
	}
	if done != 2 {
		t.Errorf("done %d times", done)
	}
}

func TestTakesUpOrThrowsAway(t *testing.T) {
	t.Parallel()
	for _, resume := range []bool{true, false} {
		e, seen := executor(t, "")
		done := 0
		if err := count(&done, resume, errors.New("killed")).Run(t.Context(), e); err == nil {
			t.Fatal("no error")
		}
		if want := []string{"train running", "train failed"}; !slices.Equal(seen.heard, want) {
			t.Errorf("told %q", seen.heard)
		}
		s := count(&done, resume, nil)
		err := s.Run(t.Context(), e)
		found := s.Value()
		if want := map[bool]int{true: 1, false: 0}[resume]; err != nil || found != want {
			t.Errorf("resume %v: found %d files of the earlier attempt, want %d (%v)", resume, found, want, err)
		}
	}
}

// TestMadeAgain: what does not hold anymore is made again, and stays in the store
// until the new one is there.
func TestMadeAgain(t *testing.T) {
	t.Parallel()
	e, _ := executor(t, "")
	done := 0
	if err := count(&done, true, nil).Run(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	lost := func(failure error) *Of[int] {
		s := count(&done, true, failure)
		s.Holds = func(context.Context, int) (bool, error) { return false, nil }
		return s
	}
	if err := lost(errors.New("no server")).Run(t.Context(), e); err == nil {
		t.Fatal("no error")
	}
	if _, err := e.Store.Get("train", store.Digest("in")); err != nil {
		t.Errorf("the earlier result is gone: %v", err)
	}
	if err := lost(nil).Run(t.Context(), e); err != nil || done != 3 {
		t.Errorf("done %d times (%v)", done, err)
	}
}

// TestInspect: inspecting finds what Run would reuse, and does nothing.
func TestInspect(t *testing.T) {
	t.Parallel()
	e, _ := executor(t, "")
	done := 0
	look := func(s *Of[int], force Stage) Inspection {
		t.Helper()
		found, err := s.Inspect(t.Context(), e.Store, force)
		if err != nil || done > 1 {
			t.Fatalf("%v, done %d times", err, done)
		}
		return found
	}
	if found := look(count(&done, false, nil), ""); found.Kept || found.Slot == nil {
		t.Errorf("before: %+v", found)
	}
	if err := count(&done, false, nil).Run(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	kept := count(&done, false, nil)
	if found := look(kept, ""); !found.Kept || !kept.Known() {
		t.Errorf("after: %+v", found)
	}
	if found := look(count(&done, false, nil), Train); found.Kept {
		t.Errorf("forced: %+v", found)
	}
	unknown := count(&done, false, nil)
	unknown.Slot = func(context.Context) (*store.Slot, error) { return nil, nil }
	if found := look(unknown, ""); found.Kept || found.Slot != nil {
		t.Errorf("of an unknown slot: %+v", found)
	}
	if err := unknown.Run(t.Context(), e); !errors.Is(err, errUnknown) {
		t.Errorf("run before what decides it: %v", err)
	}
}

// TestInspectAnotherSlot: what was inspected is forgotten if the step then turns
// out to be another's, and is nobody's result until it is brought.
func TestInspectAnotherSlot(t *testing.T) {
	t.Parallel()
	e, seen := executor(t, "")
	done := 0
	kept := count(&done, false, nil)
	kept.Do = func(context.Context, string) (int, error) { return 7, nil }
	if err := kept.Run(t.Context(), e); err != nil || !kept.Brought() {
		t.Fatal(err)
	}
	key := "in"
	s := count(&done, false, nil)
	s.Slot = func(context.Context) (*store.Slot, error) {
		return &store.Slot{Stage: "train", Key: store.Digest(key)}, nil
	}
	if found, err := s.Inspect(t.Context(), e.Store, ""); err != nil || !found.Kept || s.Value() != 7 || s.Brought() {
		t.Fatalf("%+v, %v, value %d, brought %v", found, err, s.Value(), s.Brought())
	}
	key = "another"
	s.Do = func(context.Context, string) (int, error) {
		if s.Value() != 0 || s.Known() {
			t.Errorf("of another slot %d is known", s.Value())
		}
		return 0, errors.New("no")
	}
	if err := s.Run(t.Context(), e); err == nil || s.Brought() {
		t.Errorf("%v, brought %v", err, s.Brought())
	}
	if last := seen.heard[len(seen.heard)-1]; last != "train failed" {
		t.Errorf("told %q", seen.heard)
	}
}

// TestReadOnlyChecksAreInspected: a read-only step also runs when inspected, once what it
// checks is known.
func TestReadOnlyChecksAreInspected(t *testing.T) {
	t.Parallel()
	e, seen := executor(t, "")
	ready, done := false, 0
	check := &Of[int]{Stage: Prepare, ReadOnly: func() bool { return ready }, Do: func(context.Context, string) (int, error) {
		done++
		return 0, errors.New("no server")
	}}
	if look, err := check.Inspect(t.Context(), e.Store, ""); err != nil || look.Fault != nil || done != 0 {
		t.Errorf("%+v, %v, done %d times", look, err, done)
	}
	ready = true
	if look, err := check.Inspect(t.Context(), e.Store, ""); err != nil || look.Fault == nil || done != 1 {
		t.Errorf("%+v, %v, done %d times", look, err, done)
	}
	if err := check.Run(t.Context(), e); err == nil || !slices.Equal(seen.heard, []string{"prepare running", "prepare failed"}) {
		t.Errorf("%v, told %q", err, seen.heard)
	}
}
