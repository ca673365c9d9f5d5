package pipeline

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/machine/machinetest"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/plan/plantest"
)

// TestWriteLock: a set-up leaves the lock in the working tree, and one that says
// something else there only gives way when that is asked for.
func TestWriteLock(t *testing.T) {
	t.Parallel()
	f := plantest.New(t)
	path := filepath.Join(f.Dir, "tunegate.lock")
	write := func(relock bool) string {
		t.Helper()
		m, heard := machinetest.New(t)
		r := f.Open()
		p, err := plan.New(t.Context(), r, "tunegate.yaml", plan.Refs{Base: "main", Head: "main", Relocks: relock})
		if err != nil {
			t.Fatal(err)
		}
		if err := (&run{machine: m, repo: r, plan: p}).writeLock(t.Context(), relock); err != nil {
			t.Fatal(err)
		}
		return heard.Text()
	}
	content := func() string {
		t.Helper()
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	const wrote, kept = "wrote tunegate.lock, ", "note: tunegate.lock in the working tree describes a different base model from that of main"
	if said := write(false); !strings.HasPrefix(said, wrote) {
		t.Errorf("none there: %s", said)
	}
	first := content()
	if said := write(false); !strings.HasPrefix(said, "tunegate.lock matches the base model: commit it") || content() != first {
		t.Errorf("the same there: %s", said)
	}
	f.Write("tunegate.lock", "mine")
	if said := write(false); !strings.HasPrefix(said, kept) || content() != "mine" {
		t.Errorf("another there: %s", said)
	}
	if said := write(true); !strings.HasPrefix(said, wrote) || content() != first {
		t.Errorf("a relock: %s", said)
	}
	f.Commit("locked")
	if said := write(false); said != "" {
		t.Errorf("committed: %s", said)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if write(false); !errors.Is(statOf(path), os.ErrNotExist) {
		t.Error("what is committed is written")
	}
}

func statOf(path string) error {
	_, err := os.Stat(path)
	return err
}
