package doctor

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/repo"
)

// readConfig reads the config as a run would: at the default branch, with the
// suites and all else that it names, and in the working tree.
func readConfig(ctx context.Context, about Subject) (check.Check, wanted) {
	wants := wanted{runner: config.Runner{Python: config.Auto, Ollama: config.Auto}}
	fail := func(err error, fix string) (check.Check, wanted) {
		return check.Failed("config", err.Error(), fix), wants
	}
	fine := func(found string) (check.Check, wanted) {
		return check.Passed("config", found), wants
	}
	unread := func(err error) (check.Check, wanted) {
		return check.Stopped("config", err, "git fsck"), wants
	}
	if about.Repo == nil {
		if strings.Contains(about.RepoErr.Error(), "not a git repository") {
			return fine("no repository here, so for the defaults")
		}
		return unread(about.RepoErr)
	}
	draft, found, err := readDraft(about)
	if err != nil {
		return fail(err, "correct "+about.ConfigPath+" in the working tree")
	}
	if found {
		wants.runner, wants.config = draft.Runner, &draft
	}
	branch, err := about.Repo.DefaultBranch(ctx)
	switch {
	case errors.Is(err, repo.ErrNoCommit) && found:
		return fail(err, "git add -A && git commit -m \"judge tuning data\"")
	case err != nil && found:
		return unread(err)
	}
	committed := false
	if err == nil {
		if committed, err = has(ctx, about.Repo, branch, about.ConfigPath); err != nil {
			return unread(err)
		}
	}
	short := repo.ShortName(branch)
	switch {
	case !committed && found:
		return fine(about.ConfigPath + " of the working tree: " + short + " has none yet")
	case !committed:
		return fine("no " + about.ConfigPath + " here, so for the defaults")
	}
	// A branch against itself: what is on the way to it does not matter here.
	plan, err := plan.New(ctx, about.Repo, about.ConfigPath, plan.Refs{Base: branch, Head: branch})
	if err != nil {
		return fail(err, "correct it and bring the correction to "+short)
	}
	wants = wanted{plan.Config.Runner, &plan.Config, plan}
	return fine(about.ConfigPath + " at " + short)
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
	_, found, err := tree.Lookup(ctx, path)
	return found, err
}
