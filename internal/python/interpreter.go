// Package python installs the hash-locked requirements of the embedded Python programs
// into a separate environment, and runs the programs in it.
package python

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/proc"
)

// Interpreter is a Python with the locked packages, and the programs.
type Interpreter struct {
	Path        string   // of the executable
	ProgramsDir string   // folder of the programs
	Digest      string   // see the function [Digest]
	Home        string   // HOME and working folder of the programs: a scratch folder that a caller may change
	Env         []string // the part of tunegate's environment that the programs see
}

// Tools is the part of the machine that this package uses.
type Tools struct {
	LookPath func(name string) (string, error)
	Env      []string // of tunegate
}

// ErrMissing means that there is no complete environment yet.
var ErrMissing = errors.New("the Python environment is missing")

// Find returns the interpreter of [Locate], with the programs.
func Find(ctx context.Context, launcher proc.Launcher, home string, tools Tools, configured string) (Interpreter, error) {
	path, err := Locate(ctx, launcher, home, tools, configured)
	if err != nil {
		return Interpreter{}, err
	}
	return open(home, path, tools)
}

// Locate returns the path of the interpreter to use and changes nothing.
// configured is the config's runner.python: "auto" (or empty) for the environment
// of [Install] under home, else ErrMissing; or the name or path of another one,
// whose packages must have the pinned versions.
func Locate(ctx context.Context, launcher proc.Launcher, home string, tools Tools, configured string) (string, error) {
	if configured == "" || configured == "auto" {
		folder := environmentDir(home)
		if !complete(folder) {
			return "", fmt.Errorf("python: %w in %s (hint: run `tunegate setup`, or set runner.python)", ErrMissing, folder)
		}
		return executable(folder), nil
	}
	path, err := tools.LookPath(configured)
	if err != nil {
		return "", fmt.Errorf("python: runner.python: %w (hint: name an executable, or \"auto\" for tunegate's own)", err)
	}
	if !filepath.IsAbs(path) {
		return "", fmt.Errorf("python: runner.python: %q is a relative path (hint: use an absolute path)", configured)
	}
	if err := checkVersions(ctx, launcher, path, tools); err != nil {
		return "", fmt.Errorf("python: runner.python: %w (hint: install these versions there, or set it to \"auto\")", err)
	}
	return path, nil
}

// open adds the programs and their scratch folder to an interpreter.
func open(home, path string, tools Tools) (Interpreter, error) {
	root := rootDir(home)
	scratch := filepath.Join(root, "scratch")
	if err := os.MkdirAll(scratch, 0o700); err != nil {
		return Interpreter{}, fmt.Errorf("python: %w", err)
	}
	programsDir, err := unpack(root)
	if err != nil {
		return Interpreter{}, fmt.Errorf("python: %w", err)
	}
	return Interpreter{Path: path, ProgramsDir: programsDir, Digest: Digest(), Home: scratch, Env: proc.CleanEnv(tools.Env)}, nil
}

// Command returns the command for a program, e.g. "train.py", with args: without network
// access, with the environment's own packages only. Paths in args must be absolute.
func (i Interpreter) Command(program string, args ...string) proc.Command {
	return proc.Command{
		Name: strings.TrimSuffix(program, ".py"),
		Path: i.Path,
		Args: append([]string{"-s", filepath.Join(i.ProgramsDir, program)}, args...), // -s: no user site
		Dir:  i.Home,

		Network: proc.NoNetwork,
		Env: append(slices.Clone(i.Env),
			"HOME="+i.Home,
			"TMPDIR="+i.Home, // files of a killed program stay in the home
			"HF_HUB_OFFLINE=1",
			"TRANSFORMERS_OFFLINE=1",
			"TOKENIZERS_PARALLELISM=false",
			"BITSANDBYTES_NOWELCOME=1",
			"PYTHONHASHSEED=0",
			"PYTHONUNBUFFERED=1",
			"PYTHONUTF8=1"),
	}
}

// Verify returns an error that lists the interpreter's packages that differ from the
// pinned versions. It changes nothing.
func Verify(ctx context.Context, launcher proc.Launcher, path string, tools Tools) error {
	return checkVersions(ctx, launcher, path, tools)
}

// versionsProgram writes a JSON object from package name to version, "" for a missing
// one, for the packages in its arguments.
const versionsProgram = `
import importlib.metadata, json, os, sys
versions = {}
for name in sys.argv[1:]:
    try:
        versions[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        versions[name] = ""
os.write(3, json.dumps(versions).encode() + b"\n")
`

// checkVersions compares an interpreter's packages with the pinned ones, except for a
// local part ("+cu128").
func checkVersions(ctx context.Context, launcher proc.Launcher, path string, tools Tools) error {
	args := []string{"-I", "-c", usableProgram + versionsProgram}
	for _, p := range pins() {
		args = append(args, p.name)
	}
	var found map[string]string
	var answerErr error
	tail, err := launcher.Run(ctx, proc.Command{
		Name: path, Path: path, Args: args, Env: proc.CleanEnv(tools.Env),
		Lines: func(line []byte) { answerErr = json.Unmarshal(line, &found) },
	}, nil)
	if err != nil {
		return tail.Explain(err)
	}
	if answerErr != nil {
		return fmt.Errorf("%s: its answer is not valid JSON: %w", path, answerErr)
	}
	var differ []string
	for _, p := range pins() {
		version, _, _ := strings.Cut(found[p.name], "+")
		switch version {
		case p.version:
		case "":
			differ = append(differ, p.name+" is missing (needs "+p.version+")")
		default:
			differ = append(differ, p.name+" is "+version+" (needs "+p.version+")")
		}
	}
	if differ != nil {
		return fmt.Errorf("%s: %s", path, strings.Join(differ, ", "))
	}
	return nil
}
