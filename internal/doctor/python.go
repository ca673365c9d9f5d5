package doctor

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/text"
)

// pythonChecks require an interpreter with the locked packages, or one to install
// these for.
func pythonChecks(ctx context.Context, in inspection) []check.Check {
	m, configured := in.machine, in.runner.Python
	tools := m.PythonTools()
	path, err := python.Locate(ctx, m.Launcher, m.Home, tools, configured)
	if err == nil && noexec(filepath.Dir(path)) { // the interpreter itself may be a link elsewhere, but not torch
		return []check.Check{check.Failed("python", onNoexec(path), fixNoexec)}
	}
	if err == nil && configured == config.Auto {
		if err := python.Verify(ctx, m.Launcher, path, tools); err != nil {
			folder := filepath.Dir(filepath.Dir(path))
			return []check.Check{check.Failed("python", err.Error(), "rm -r "+text.ShellWord(folder)+" && "+in.setup())}
		}
	}
	if err == nil {
		return []check.Check{check.Passed("python", path+" with the locked packages")}
	}
	if !errors.Is(err, python.ErrMissing) {
		return []check.Check{check.Failed("python", err.Error(), "correct `runner.python` in the config, or remove it: then `"+in.setup()+"` installs a Python environment")}
	}
	missing := check.Failed("python", err.Error(), in.setup())
	path, err = python.Usable(ctx, m.Launcher, tools)
	if err != nil {
		return []check.Check{check.Failed("venv", err.Error(), install("python3 python3-venv")), missing}
	}
	return []check.Check{check.Passed("venv", path), missing}
}
