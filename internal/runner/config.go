package runner

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/pipeline"
	"github.com/tunegate/tunegate/internal/repo"
)

// Subject is what the doctor is asked about.
type Subject struct {
	Repo       *repo.Repo // nil where none could be opened
	RepoErr    error      // why not
	ConfigPath string     // slash separated, from the top of the repository
	Command    string     // this program with its global flags, as in "tunegate -C demo"
}

// configCheck reads the config as a run would: at the default branch, with the
// suites and all else that it names, and in the working tree. wanted is its
// runner section, the defaults where there is none; usable says that the default
// branch has a config without a mistake.
func configCheck(ctx context.Context, about Subject) (check Check, wanted config.Runner, usable bool) {
	wanted = config.Runner{Python: "auto", Ollama: "auto"}
	fail := func(err error, mend string) (Check, config.Runner, bool) {
		return Check{Name: "config", Found: err.Error(), Mend: mend}, wanted, false
	}
	if about.Repo == nil {
		if strings.Contains(about.RepoErr.Error(), "not a git repository") {
			return Check{Name: "config", OK: true, Found: "no repository here, so for the defaults"}, wanted, false
		}
		return fail(about.RepoErr, "see what `git status` says there, or name the repository with -C DIR")
	}
	draft, found, err := readDraft(about)
	if err != nil {
		return fail(err, "correct "+about.ConfigPath+" in the working tree")
	}
	if found {
		wanted = draft.Runner
	}
	branch, err := about.Repo.DefaultBranch(ctx)
	if err != nil && found {
		return fail(err, about.Command+" run --base REF")
	}
	committed := false
	if err == nil {
		if committed, err = has(ctx, about.Repo, branch, about.ConfigPath); err != nil {
			return fail(err, "git fsck")
		}
	}
	switch {
	case !committed && found:
		return Check{Name: "config", OK: true, Found: about.ConfigPath + " of the working tree: " + branch + " has none yet"}, wanted, false
	case !committed:
		return Check{Name: "config", OK: true, Found: "no " + about.ConfigPath + " here, so for the defaults"}, wanted, false
	}
	// A branch against itself: what is on the way to it does not matter here.
	plan, err := pipeline.NewPlan(ctx, about.Repo, about.ConfigPath, pipeline.Refs{Base: branch, Head: branch})
	if err != nil {
		return fail(err, "correct it and bring the correction to "+branch)
	}
	if err := plan.CheckBase(); err != nil {
		return fail(err, "put the whole Hugging Face folder of the base model there, and commit it when it is inside the repository")
	}
	return Check{Name: "config", OK: true, Found: about.ConfigPath + " at " + branch}, plan.Config.Runner, true
}

// readDraft reads the config in the working tree, if there is one. Like git's
// trees it takes no link for a file.
func readDraft(about Subject) (draft config.Config, found bool, err error) {
	path := filepath.Join(about.Repo.Root(), filepath.FromSlash(about.ConfigPath))
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
		return config.Config{}, false, nil
	}
	if err != nil {
		return config.Config{}, false, err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return config.Config{}, false, err
	}
	draft, err = config.Parse(about.ConfigPath, data)
	return draft, true, err
}

func has(ctx context.Context, r *repo.Repo, ref, path string) (bool, error) {
	commit, err := r.Commit(ctx, ref)
	if err != nil {
		return false, err
	}
	tree, err := r.Tree(ctx, commit)
	if err != nil {
		return false, err
	}
	_, found := tree.Lookup(path)
	return found, nil
}
