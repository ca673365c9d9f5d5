package python

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/tunegate/tunegate/internal/proc"
)

const pythonHint = "(hint: install Python 3.11, 3.12 or 3.13 with its venv module, e.g. `apt-get install python3 python3-venv`, or set runner.python)"

// usableProgram exits with a message unless its interpreter's version is supported. Code
// after it writes no compiled modules.
const usableProgram = `
import sys
sys.dont_write_bytecode = True
if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    sys.exit("this is Python %d.%d, not 3.11 to 3.13" % sys.version_info[:2])
`

// venvProgram fails on a Python without what "-m venv" needs; Debian has it in a separate
// package.
const venvProgram = `
import venv, ensurepip
`

const versionRange = ">=3.11,<3.14"

// Usable returns the program with which [Install] would create the environment: a uv that
// finds a Python, or a Python with its venv module. It changes nothing.
func Usable(ctx context.Context, launcher proc.Launcher, tools Tools) (string, error) {
	in := &installer{launcher: launcher, tools: tools, log: io.Discard, progress: func(string, time.Duration) {}}
	uv, works := in.uv(ctx)
	if !works {
		return in.basePython(ctx)
	}
	if err := in.run(ctx, "looking for Python with uv", nil, uv, "python", "find", "--no-cache", "--no-project", versionRange); err != nil {
		return "", fmt.Errorf("%w\n%s", err, pythonHint)
	}
	return uv, nil
}

// uv finds the machine's uv and reports whether it runs.
func (in *installer) uv(ctx context.Context) (path string, works bool) {
	path, err := in.tools.LookPath("uv")
	return path, err == nil && in.run(ctx, "asking uv for its version", nil, path, "--version") == nil
}

// basePython finds the machine's Python for a virtual environment. It runs each
// candidate: version managers put programs on PATH for versions that are not installed.
func (in *installer) basePython(ctx context.Context) (string, error) {
	var refused []string
	for _, name := range []string{"python3.13", "python3.12", "python3.11", "python3"} {
		path, err := in.tools.LookPath(name)
		if err != nil {
			continue
		}
		tail, err := in.launcher.Run(ctx, proc.Command{
			Name: name, Path: path, Args: []string{"-I", "-c", usableProgram + venvProgram}, Env: installEnv(in.tools.Env),
		}, nil)
		if err == nil {
			return path, nil
		}
		if ctx.Err() != nil {
			return "", err
		}
		refused = append(refused, fmt.Sprintf("%v: %s", err, tail.Last(1)))
	}
	found := "none on PATH"
	if refused != nil {
		found = strings.Join(refused, "; ")
	}
	return "", fmt.Errorf("no usable Python: %s %s", found, pythonHint)
}
