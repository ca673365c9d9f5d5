package steps

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/maths"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
)

// resources are what steps work with: the machine, the plan, and what is opened
// when a step first needs it.
type resources struct {
	machine machine.Machine
	plan    *plan.Plan
	logs    string // the folder of the logs

	server    *machine.Server
	serverLog io.Closer       // nil for a shared server
	version   string          // of the private server's program, once it was asked
	computes  *machine.Device // see Device
	loaded    map[string]bool
	uses      []runs.Use // results of earlier runs that this one needs
}

// use notes a result of an earlier run, so that it is not cleaned up meanwhile.
func (r *resources) use(stage step.Stage, key store.Key) {
	r.uses = append(r.uses, runs.Use{Kind: string(stage), Key: key})
}

// Uses are results of earlier runs that the steps needed, besides those that they keep.
func (r *resources) Uses() []runs.Use { return r.uses }

// python finds the installed interpreter, once.
func (r *resources) python(ctx context.Context) (python.Interpreter, error) {
	found, err := r.machine.Python(ctx, r.plan.Config.Runner.Python)
	if err == nil {
		r.machine.Interpreter = &found
	}
	return found, err
}

// checker starts the grader of mathematics.
func (r *resources) checker(ctx context.Context) (*maths.Checker, error) {
	interpreter, err := r.python(ctx)
	if err != nil {
		return nil, err
	}
	return maths.Start(ctx, r.machine.Launcher, interpreter, maths.Options{Wall: mathsWall})
}

// Device is what computes, asked once.
func (r *resources) Device(ctx context.Context) (machine.Device, error) {
	if r.computes != nil {
		return *r.computes, nil
	}
	device, err := r.machine.Device(ctx)
	if err == nil {
		r.computes = &device
	}
	return device, err
}

// private reports whether the run starts a server of its own.
func (r *resources) private() bool { return r.plan.Config.Runner.PrivateServer() }

// ServerVersion names the program that answers, without starting one.
func (r *resources) ServerVersion(ctx context.Context) (string, error) {
	if r.version != "" {
		return r.version, nil
	}
	version, err := r.machine.ServerVersion(ctx, r.plan.Config.Runner)
	if err == nil && r.private() { // a shared one may be another by the next time
		r.version = version
	}
	return version, err
}

// answering names the server's program and what computes, which both decide what a
// model answers.
func (r *resources) answering(ctx context.Context) (server, device string, err error) {
	if server, err = r.ServerVersion(ctx); err != nil {
		return "", "", err
	}
	computes, err := r.Device(ctx)
	return server, computes.String(), err
}

// serving is the server of this run, which is started when it is first needed.
func (r *resources) serving(ctx context.Context) (*machine.Server, error) {
	if r.server != nil {
		return r.server, nil
	}
	var log io.WriteCloser
	if r.private() {
		var err error
		if log, err = r.logFile("ollama.log"); err != nil {
			return nil, err
		}
		r.serverLog = log
	}
	server, err := r.machine.Serve(ctx, r.plan.Config.Runner, log)
	if err != nil {
		return nil, err
	}
	r.server = server
	return server, nil
}

func (r *resources) logFile(name string) (io.WriteCloser, error) {
	if err := os.MkdirAll(r.logs, 0o700); err != nil {
		return nil, err
	}
	return os.OpenFile(filepath.Join(r.logs, name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
}

// foreign reports whether a GGUF was loaded on a shared server before this
// run used it: then it is in use, and stays loaded.
func (r *resources) foreign(ctx context.Context, server *machine.Server, gguf string) (bool, error) {
	if server.Private() {
		return false, nil
	}
	known, asked := r.loaded[gguf]
	if asked {
		return known, nil
	}
	loaded, err := server.Loaded(ctx, gguf)
	if err == nil {
		r.loaded[gguf] = loaded
	}
	return loaded, err
}

// Close ends what was started for the steps; what they need after it starts anew.
func (r *resources) Close() error {
	var errs []error
	if r.server != nil {
		errs = append(errs, r.server.Close())
	}
	if r.serverLog != nil {
		errs = append(errs, r.serverLog.Close())
	}
	r.server, r.serverLog = nil, nil
	return errors.Join(errs...)
}
