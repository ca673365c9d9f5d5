package python

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/google/renameio/v2"
	"golang.org/x/sys/unix"

	"github.com/tunegate/tunegate/internal/filelock"
	"github.com/tunegate/tunegate/internal/proc"
)

// Measured on Linux x86-64, where torch brings the CUDA libraries.
const (
	downloadSize = "3.2 GB"
	diskSize     = "5.7 GB"
	diskNeeded   = 8e9 // bytes
)

// Install creates the environment under home (absolute) and returns its
// interpreter; an existing one is returned at once. It needs a Python 3.11
// to 3.13, and installs with uv, or without one with the venv module and pip.
// It writes downloads and all output to log, and calls progress every few
// seconds with the current action and its duration. Of several concurrent
// calls, one installs and the others wait.
func Install(ctx context.Context, launcher proc.Launcher, home string, tools Tools, log io.Writer, progress func(doing string, elapsed time.Duration)) (Interpreter, error) {
	folder := environmentDir(home)
	if complete(folder) {
		return open(home, executable(folder), tools)
	}
	in := &installer{launcher: launcher, tools: tools, log: log, progress: progress, dir: folder + ".partial"}
	if err := in.install(ctx, folder); err != nil {
		return Interpreter{}, fmt.Errorf("python: %w", err)
	}
	return open(home, executable(folder), tools)
}

// installer creates an environment in dir.
type installer struct {
	launcher proc.Launcher
	tools    Tools
	log      io.Writer
	progress func(string, time.Duration)
	dir      string
}

// install creates the environment and renames it last.
func (in *installer) install(ctx context.Context, folder string) error {
	if err := os.MkdirAll(filepath.Dir(folder), 0o700); err != nil {
		return err
	}
	lock, err := filelock.Open(folder + ".lock")
	if err != nil {
		return err
	}
	defer lock.Close()
	err = filelock.Try(lock)
	if errors.Is(err, filelock.ErrHeld) {
		in.progress("waiting for another tunegate process to install the Python packages", 0)
		err = filelock.Wait(ctx, lock)
	}
	if err != nil {
		return err
	}
	if complete(folder) { // another process was faster
		return nil
	}

	if err := os.RemoveAll(in.dir); err != nil {
		return err
	}
	defer os.RemoveAll(in.dir)
	if err := checkDisk(filepath.Dir(folder)); err != nil {
		return err
	}
	fmt.Fprintf(in.log, "installing Python packages (torch and others) in %s: about %s to download, %s on disk\n", folder, downloadSize, diskSize)
	if err := in.build(ctx); err != nil {
		return err
	}
	if err := checkVersions(ctx, in.launcher, executable(in.dir), in.tools); err != nil {
		return fmt.Errorf("after the installation: %w", err)
	}
	text, err := readyText(in.dir)
	if err != nil {
		return err
	}
	return errors.Join(
		renameio.WriteFile(filepath.Join(in.dir, readyName), []byte(text), 0o600, renameio.WithTempDir(in.dir)),
		os.RemoveAll(folder), // an older, incomplete one
		os.Rename(in.dir, folder))
}

func checkDisk(folder string) error {
	var stat unix.Statfs_t
	if err := unix.Statfs(folder, &stat); err != nil {
		return fmt.Errorf("free space of %s: %w", folder, err)
	}
	if free := float64(stat.Bavail) * float64(stat.Bsize); free < diskNeeded {
		return fmt.Errorf("%.1f GB free in %s, but installing needs %.0f GB (hint: free some space, or set TUNEGATE_HOME to a folder on a larger disk)",
			free/1e9, folder, diskNeeded/1e9)
	}
	return nil
}

// build fills in.dir with a virtual environment and the locked packages.
func (in *installer) build(ctx context.Context) error {
	if uv, works := in.uv(ctx); works {
		if err := in.run(ctx, "making a Python environment with uv", nil, uv, "venv", "--no-project", "--python", versionRange, in.dir); err != nil {
			return fmt.Errorf("%w\n%s", err, pythonHint)
		}
		return in.runUV(ctx, requirementsLock, uv)
	}

	base, err := in.basePython(ctx)
	if err != nil {
		return err
	}
	if err := in.run(ctx, "making a Python environment", nil, base, "-m", "venv", in.dir); err != nil {
		return err
	}
	// pip downloads one file at a time: slow, but it works where uv does not, e.g. if only pip is configured with a mirror.
	if err := in.runPip(ctx, "installer.lock", installerLock); err == nil {
		err = in.runUV(ctx, requirementsLock, executable(in.dir), "-m", "uv")
		if err == nil || ctx.Err() != nil {
			return err
		}
		fmt.Fprintln(in.log, "uv failed: trying pip, which takes a few minutes")
	}
	return in.runPip(ctx, "requirements.lock", requirementsLock)
}

// runUV installs a lock's packages with uv, started by this command line.
func (in *installer) runUV(ctx context.Context, content []byte, uv string, args ...string) error {
	lock, err := in.write("requirements.lock", content)
	if err != nil {
		return err
	}
	settings, err := in.uvSettings(ctx)
	if err != nil {
		return err
	}
	return in.run(ctx, "installing Python packages with uv", settings, uv, append(args,
		"pip", "install", "--python", executable(in.dir), "--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", lock)...)
}

// runPip installs a lock's packages with the environment's pip.
func (in *installer) runPip(ctx context.Context, name string, content []byte) error {
	lock, err := in.write(name, content)
	if err != nil {
		return err
	}
	settings, err := in.pipSettings(ctx)
	if err != nil {
		return err
	}
	return in.run(ctx, "installing Python packages with pip", settings, executable(in.dir), "-m", "pip",
		"install", "--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-compile", "--no-cache-dir", "--no-input",
		"--disable-pip-version-check", "--progress-bar", "off", "-r", lock)
}

func (in *installer) write(name string, content []byte) (path string, err error) {
	path = filepath.Join(in.dir, name)
	return path, os.WriteFile(path, content, 0o600)
}

// run runs a program to its end and reports progress; the error has its last lines.
// Variables of tunegate's own environment override the settings.
func (in *installer) run(ctx context.Context, doing string, settings []string, path string, args ...string) error {
	tail, err := in.launcher.Run(ctx, proc.Command{
		Name: filepath.Base(path), Path: path, Args: args, Env: append(settings, installEnv(in.tools.Env)...),
		Dir: filepath.Dir(in.dir), Log: in.log,
	}, func(elapsed time.Duration) { in.progress(doing, elapsed) })
	if err != nil {
		return fmt.Errorf("%s: %w", doing, tail.Explain(err))
	}
	return nil
}
