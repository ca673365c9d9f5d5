package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/store"
)

// Machine is what a run uses of the computer it runs on.
type Machine struct {
	Home     string // $TUNEGATE_HOME
	Tool     string // this program's version
	Launcher proc.Launcher
	Environ  []string
	TempDir  string // where locks on GPUs are, which all homes of the machine share
	Card     string // a file that is there where a GPU can be used, such as /dev/nvidiactl
	LookPath func(string) (string, error)
	Clock    func() time.Time
	Progress Progress
	NoWait   bool // give up with ErrBusy where another command holds a lock
}

// Progress is told what happens. Its methods are called from one goroutine at a
// time.
type Progress interface {
	// Say prints one line.
	Say(format string, args ...any)
	// Update replaces the state of the running stage. Done and total count steps,
	// cases or bytes; an eta of 0 is unknown.
	Update(stage string, done, total int64, eta time.Duration, detail string)
}

func (m Machine) store() *store.Store { return store.Open(filepath.Join(m.Home, "store"), m.Tool) }

// LoadPolicy reads the config at a ref (empty: the default branch). Its errors
// are ErrInput unless the context ended.
func LoadPolicy(ctx context.Context, r *repo.Repo, configPath, ref string) (config.Config, error) {
	c, err := loadPolicy(ctx, r, configPath, ref)
	if err != nil && ctx.Err() == nil {
		return c, inputError{err}
	}
	return c, err
}

func loadPolicy(ctx context.Context, r *repo.Repo, configPath, ref string) (config.Config, error) {
	var err error
	if ref == "" {
		if ref, err = r.DefaultBranch(ctx); err != nil {
			return config.Config{}, err
		}
	}
	commit, err := r.Commit(ctx, ref)
	if err != nil {
		return config.Config{}, err
	}
	tree, err := r.Tree(ctx, commit)
	if err != nil {
		return config.Config{}, err
	}
	data, err := tree.Read(ctx, configPath)
	if errors.Is(err, fs.ErrNotExist) {
		return config.Config{}, fmt.Errorf("%s has no %s (hint: `tunegate init` writes one; commit it)", repo.ShortName(ref), configPath)
	}
	if err != nil {
		return config.Config{}, err
	}
	return config.Parse(configPath, data)
}
