package repo

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestSweep(t *testing.T) {
	t.Parallel()
	tmp := t.TempDir()
	alive, lock, err := newScratch(tmp)
	if err != nil {
		t.Fatal(err)
	}
	// What a killed process leaves is unlocked.
	dead, left, err := newScratch(tmp)
	if err != nil {
		t.Fatal(err)
	}
	left.Close()
	if err := os.WriteFile(filepath.Join(dead, "HEAD"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	outside := t.TempDir()
	if err := os.Symlink(outside, filepath.Join(tmp, scratchPrefix+"link")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(tmp, "other"), 0o755); err != nil {
		t.Fatal(err)
	}
	sweeps(t, tmp, dead)
	for _, path := range []string{alive, outside, filepath.Join(tmp, "other")} {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	sweeps(t, tmp, alive)
}

// sweeps wants Sweep to remove one folder. A child of another test has a copy of
// every lock from its fork to its exec.
func sweeps(t *testing.T, tmp, want string) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(time.Millisecond) {
		removed, err := Sweep(tmp)
		if err == nil && slices.Equal(removed, []string{want}) {
			return
		}
		if err != nil || removed != nil || time.Since(began) > 10*time.Second {
			t.Fatalf("%v, %v", removed, err)
		}
	}
}

// A lock must not outlive its process in a child that was started meanwhile.
func TestLockIsNotInherited(t *testing.T) {
	t.Parallel()
	tmp := t.TempDir()
	dir, lock, err := newScratch(tmp)
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command("sleep", "60")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = child.Wait() }()
	defer func() { _ = child.Process.Kill() }()
	lock.Close()
	sweeps(t, tmp, dir)
}

// Sweeps that run all the time never take a folder that its maker goes on to
// use.
func TestSweepBesideNewScratch(t *testing.T) {
	t.Parallel()
	tmp := t.TempDir()
	done, swept := make(chan struct{}), make(chan error)
	go func() {
		for {
			select {
			case <-done:
				swept <- nil
				return
			default:
			}
			if _, err := Sweep(tmp); err != nil {
				<-done
				swept <- err
				return
			}
		}
	}()
	for range 300 {
		dir, lock, err := newScratch(tmp)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "HEAD"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		lock.Close()
	}
	close(done)
	if err := <-swept; err != nil {
		t.Fatal(err)
	}
}

func TestSweepWithoutFolder(t *testing.T) {
	t.Parallel()
	if _, err := Sweep(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("no error")
	}
}
