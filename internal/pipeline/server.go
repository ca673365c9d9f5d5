package pipeline

import (
	"context"
	"errors"
	"io"
	"path/filepath"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/ollama"
)

// Server is the Ollama server that models are registered with: the one that the
// config names, or a private one of this home.
type Server struct {
	Client  *ollama.Client
	private *ollama.Server // nil for a shared one
}

// Private says that the server is this home's own and ends with Close.
func (s *Server) Private() bool { return s.private != nil }

// Close ends a private server and leaves a shared one alone.
func (s *Server) Close() error {
	if s.private == nil {
		return nil
	}
	return s.private.Close()
}

// Serve starts the private server, whose output goes to log, or dials the
// shared one. The private server is for a command that holds the Lock.
func (m Machine) Serve(ctx context.Context, runner config.Runner, log io.Writer) (*Server, error) {
	if runner.Ollama != config.Auto {
		client, err := ollama.Dial(runner.Ollama)
		if err != nil {
			return nil, err
		}
		return &Server{Client: client}, nil
	}
	binary, err := ollama.FindBinary(m.Home, m.LookPath)
	if err != nil {
		return nil, err
	}
	private, err := ollama.Serve(ctx, m.Launcher, ollama.ServeOptions{
		Binary: binary, Home: OllamaHome(m.Home), Env: m.Environ, Log: log,
	})
	if err != nil {
		return nil, err
	}
	return &Server{Client: private.Client(), private: private}, nil
}

// OllamaHome is the folder of the private server: its models and its key.
func OllamaHome(home string) string { return filepath.Join(home, "ollama-private") }

// ollama is the server of this run, which is started when it is first needed.
func (r *run) ollama(ctx context.Context) (*Server, error) {
	if r.server != nil {
		return r.server, nil
	}
	var log io.WriteCloser
	if private(r.plan.Config) {
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

// foreign says whether a GGUF was in the memory of a shared server before this
// run touched it: then somebody uses it, and it stays there.
func (r *run) foreign(ctx context.Context, server *Server, gguf string) (bool, error) {
	if server.Private() {
		return false, nil
	}
	known, asked := r.loaded[gguf]
	if asked {
		return known, nil
	}
	loaded, err := server.Client.Loaded(ctx, gguf)
	if err == nil {
		r.loaded[gguf] = loaded
	}
	return loaded, err
}

func (r *run) close() error {
	var errs []error
	if r.server != nil {
		errs = append(errs, r.server.Close())
	}
	if r.serverLog != nil {
		errs = append(errs, r.serverLog.Close())
	}
	return errors.Join(errs...)
}
