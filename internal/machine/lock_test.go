package machine_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/machine/machinetest"
	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/proc/proctest"
)

func TestSecondLockWaitsAndSaysForWhom(t *testing.T) {
	t.Parallel()
	m, heard := machinetest.New(t)
	_, release, err := m.Lock(t.Context(), "a run of improve into main")
	if err != nil {
		t.Fatal(err)
	}
	second := make(chan error, 1)
	go func() {
		_, release, err := m.Lock(t.Context(), "a second run")
		if err == nil {
			release()
		}
		second <- err
	}()
	for deadline := time.Now().Add(time.Minute); !strings.Contains(heard.Text(), "in use by a run of improve into main (process "); {
		if time.Now().After(deadline) {
			t.Fatalf("heard %q", heard.Text())
		}
		time.Sleep(10 * time.Millisecond)
	}
	select {
	case err := <-second:
		t.Fatalf("the second did not wait: %v", err)
	default:
	}
	release()
	if err := <-second; err != nil {
		t.Fatal(err)
	}
}

func TestNoWait(t *testing.T) {
	t.Parallel()
	m, heard := machinetest.New(t)
	m.NoWait = true
	_, release, err := m.Lock(t.Context(), "setup")
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = m.Lock(t.Context(), "another")
	if !errors.Is(err, machine.ErrBusy) || !strings.Contains(err.Error(), "in use by setup (process ") {
		t.Errorf("got %v", err)
	}
	if heard.Text() != "" {
		t.Errorf("heard %q", heard.Text())
	}
	release()
	_, release, err = m.Lock(t.Context(), "another")
	if err != nil {
		t.Fatal(err)
	}
	release()
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	t.Parallel()
	m, _ := machinetest.New(t)
	_, release, err := m.Lock(t.Context(), "setup")
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, _, err := m.Lock(ctx, "another"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

// TestChildrenHoldTheLock: a home is not free while a child of its last command
// still runs, however that command ended.
func TestChildrenHoldTheLock(t *testing.T) {
	t.Parallel()
	m, _ := machinetest.New(t)
	locked, release, err := m.Lock(t.Context(), "a run")
	if err != nil {
		t.Fatal(err)
	}
	child, err := locked.Launcher.Start(t.Context(), proc.Command{Name: "child", Path: "/bin/sleep", Args: []string{"100"}})
	if err != nil {
		t.Fatal(err)
	}
	release() // as the kernel does for a command that is killed
	m.NoWait = true
	if _, _, err := m.Lock(t.Context(), "the next"); !errors.Is(err, machine.ErrBusy) {
		t.Errorf("got %v", err)
	}
	child.Stop()
	if err := child.Wait(); err != nil {
		t.Fatal(err)
	}
	_, release, err = m.Lock(t.Context(), "the next")
	if err != nil {
		t.Fatal(err)
	}
	release()
}

func TestLockIsNoLink(t *testing.T) {
	t.Parallel()
	m, _ := machinetest.New(t)
	victim := filepath.Join(t.TempDir(), "victim")
	if err := errors.Join(os.MkdirAll(m.Home, 0o700), os.WriteFile(victim, []byte("precious"), 0o644), os.Symlink(victim, filepath.Join(m.Home, "lock"))); err != nil {
		t.Fatal(err)
	}
	if _, _, err := m.Lock(t.Context(), "a run"); err == nil {
		t.Error("a link was taken for a lock")
	}
	if data, err := os.ReadFile(victim); err != nil || string(data) != "precious" {
		t.Errorf("the file behind the link holds %q, %v", data, err)
	}
}

// TestNobodyHoldsALock: another user of the machine can neither open nor hold a
// lock, nor read or list what is in a home.
func TestNobodyHoldsALock(t *testing.T) {
	t.Parallel()
	m, _ := withSMI(t, card)
	shared := proctest.SharedDir(t)
	m.Home, m.Locks = filepath.Join(shared, "home"), filepath.Join(shared, "state", "locks")
	row := filepath.Join(m.Home, "row")
	_, release, err := m.Lock(t.Context(), "a run")
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	_, releaseGPU, err := m.LockGPU(t.Context(), config.Runner{}, "a run")
	if err != nil {
		t.Fatal(err)
	}
	defer releaseGPU()
	beside := filepath.Join(shared, "beside")
	if err := errors.Join(os.WriteFile(row, nil, 0o644), os.WriteFile(beside, nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	if out, err := proctest.Nobody(t, shared, "cat beside && flock -n beside true"); err != nil {
		t.Fatalf("nobody cannot even reach the folder: %v: %s", err, out)
	}
	for _, try := range []string{
		"ls home", "cat home/row", "cat home/lock", "flock -n home true", "flock -n home/lock true",
		"ls state/locks", "flock -n state/locks/GPU-aaaa.lock true", "flock -n state/locks/GPU-bbbb.lock true",
	} {
		if out, err := proctest.Nobody(t, shared, try); err == nil {
			t.Errorf("nobody does %s: %s", try, out)
		}
	}
}

// TestHomeIsClosed: what an older tunegate left open is closed to others, and a
// folder that is no home is left as it is.
func TestHomeIsClosed(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		mode  os.FileMode
		holds []string
		says  string // of the error; empty: it is closed
	}{
		"an older home":    {0o755, []string{"store", "anything", "lock"}, ""},
		"a copied home":    {0o755, []string{"store", "runs"}, ""},
		"only the tools":   {0o777, []string{"python"}, ""},
		"empty":            {0o755, nil, ""},
		"a new disk":       {0o755, []string{"lost+found"}, ""},
		"a disk of others": {0o755, []string{"lost+found", "postgres"}, "holds unrelated files"},
		"tools of others":  {0o755, []string{"ollama", "postgres"}, "holds unrelated files"},
		"another folder":   {0o755, []string{"spool"}, "holds unrelated files (hint: use a separate folder: export TUNEGATE_HOME="},
		"a shared one":     {0o777 | os.ModeSticky, nil, "holds unrelated files"},
		"a private other":  {0o700, []string{"spool"}, ""},
	} {
		m, _ := machinetest.New(t)
		err := os.MkdirAll(m.Home, 0o755)
		for _, held := range tt.holds {
			if path := filepath.Join(m.Home, held); held == "lock" {
				err = errors.Join(err, os.WriteFile(path, nil, 0o644))
			} else {
				err = errors.Join(err, os.Mkdir(path, 0o755))
			}
		}
		if err := errors.Join(err, os.Chmod(m.Home, tt.mode)); err != nil {
			t.Fatal(err)
		}
		_, release, err := m.Lock(t.Context(), "a run")
		if err == nil {
			release()
		}
		info, statErr := os.Stat(m.Home)
		if statErr != nil {
			t.Fatal(statErr)
		}
		switch {
		case tt.says == "" && (err != nil || info.Mode().Perm() != 0o700):
			t.Errorf("%s: %v, %v", name, err, info.Mode())
		case tt.says != "" && (err == nil || !strings.Contains(err.Error(), tt.says) || info.Mode().Perm() != tt.mode.Perm()):
			t.Errorf("%s: %v, %v", name, err, info.Mode())
		}
	}
}
