package machine_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/machine/machinetest"
	"github.com/tunegate/tunegate/internal/proc"
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
	for deadline := time.Now().Add(5 * time.Second); !strings.Contains(heard.Text(), "used by a run of improve into main (process "); {
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
	if !errors.Is(err, machine.ErrBusy) || !strings.Contains(err.Error(), "used by setup (process ") {
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
	if err := errors.Join(os.MkdirAll(m.Home, 0o755), os.WriteFile(victim, []byte("precious"), 0o644), os.Symlink(victim, filepath.Join(m.Home, "lock"))); err != nil {
		t.Fatal(err)
	}
	if _, _, err := m.Lock(t.Context(), "a run"); err == nil {
		t.Error("a link was taken for a lock")
	}
	if data, err := os.ReadFile(victim); err != nil || string(data) != "precious" {
		t.Errorf("the file behind the link holds %q, %v", data, err)
	}
}
