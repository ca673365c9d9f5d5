package machine

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/python"
)

// Install installs what a run needs and the machine lacks: the Python environment and
// an Ollama server. It keeps what exists, and writes the installers' output to log. The
// caller holds the Lock.
func (m Machine) Install(ctx context.Context, runner config.Runner, log io.Writer) error {
	if _, err := m.Python(ctx, runner.Python); errors.Is(err, python.ErrMissing) {
		m.Progress.Say("python: not installed yet in %s", m.Home)
		_, err = python.Install(ctx, m.Launcher, m.Home, m.PythonTools(), log, m.elapsed("python"))
		if err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	m.Progress.Say("python: ready")
	if !runner.PrivateServer() {
		return m.reach(ctx, runner.Ollama)
	}
	if _, err := ollama.FindBinary(m.Home, m.LookPath); errors.Is(err, ollama.ErrMissing) {
		_, err = ollama.Build(ctx, m.Launcher, m.Home, ollama.Tools{LookPath: m.LookPath, Env: m.Environ}, log, m.elapsed("ollama"))
		if err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	m.Progress.Say("ollama: ready")
	return nil
}

// PythonTools returns the tools for finding and installing an interpreter.
func (m Machine) PythonTools() python.Tools {
	return python.Tools{LookPath: m.LookPath, Env: m.Environ}
}

// Python finds the interpreter for the programs; python.ErrMissing: none is installed.
func (m Machine) Python(ctx context.Context, configured string) (python.Interpreter, error) {
	if m.Interpreter != nil {
		return *m.Interpreter, nil
	}
	return python.Find(ctx, m.Launcher, m.Home, m.PythonTools(), configured)
}

// reach checks that a shared server answers.
func (m Machine) reach(ctx context.Context, address string) error {
	client, err := ollama.Dial(address)
	if err != nil {
		return err
	}
	version, err := client.Version(ctx)
	if err != nil {
		return err
	}
	m.Progress.Say("ollama: %s at %s", version, address)
	return nil
}

func (m Machine) elapsed(stage string) func(string, time.Duration) {
	return func(doing string, elapsed time.Duration) {
		m.Progress.Update(stage, int64(elapsed.Seconds()), 0, 0, doing)
	}
}
