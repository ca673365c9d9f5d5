package machine

import (
	"context"
	"fmt"
	"io"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/ollama"
)

// Server is the engine that models are registered with: the server that the config
// names, or a private one of this home.
type Server struct {
	engine.Engine
	Address string         // of a shared server, in one spelling; empty for a private one
	private *ollama.Server // nil for a shared one
	shared  *ollama.Client // nil for a private one
}

// Private says that the server is this home's own and ends with Close.
func (s *Server) Private() bool { return s.private != nil }

// Undisturbed is nil as long as no one else has asked a private server, see
// [ollama.Server.Undisturbed]; of a shared one nobody can tell.
func (s *Server) Undisturbed(ctx context.Context) error {
	if s.private == nil {
		return nil
	}
	return s.private.Undisturbed(ctx)
}

// Close ends a private server and leaves a shared one alone.
func (s *Server) Close() error {
	if s.private == nil {
		return nil
	}
	return s.private.Close()
}

// CheckUpload is an error where something before a shared server refuses a model of
// so many bytes, as a proxy with a limit does. Gguf is the digest of one that the
// server has: nothing is sent.
func (s *Server) CheckUpload(ctx context.Context, gguf string, size int64) error {
	if s.Private() {
		return nil
	}
	return s.shared.Accepts(ctx, gguf, size)
}

// Serve starts the private server, whose output goes to log, or dials the
// shared one. The private server is for a command that holds the Lock.
func (m Machine) Serve(ctx context.Context, runner config.Runner, log io.Writer) (*Server, error) {
	if !runner.PrivateServer() {
		client, err := ollama.Dial(runner.Ollama)
		if err != nil {
			return nil, err
		}
		return &Server{Engine: client, Address: client.Base(), shared: client}, nil
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
	return &Server{Engine: private.Client(), private: private}, nil
}

// Dial prepares to use the shared server at an address. It sends nothing.
func Dial(address string) (engine.Engine, error) {
	client, err := ollama.Dial(address)
	if err != nil {
		return nil, err
	}
	return client, nil
}

// Address is that of the shared server that the config names, in one spelling;
// empty for a private one.
func Address(runner config.Runner) (string, error) {
	if runner.PrivateServer() {
		return "", nil
	}
	client, err := ollama.Dial(runner.Ollama)
	if err != nil {
		return "", err
	}
	return client.Base(), nil
}

// ServerVersion names the program that answers, without starting one: the version
// of a shared server, the digest of a private one's program. Answers of another
// are not reused.
func (m Machine) ServerVersion(ctx context.Context, runner config.Runner) (string, error) {
	if runner.PrivateServer() {
		binary, err := ollama.FindBinary(m.Home, m.LookPath)
		return binary.SHA256, err
	}
	client, err := ollama.Dial(runner.Ollama)
	if err != nil {
		return "", err
	}
	return client.Version(ctx)
}

// CheckVersion is an error where a shared server of this version, as ServerVersion
// gives it, cannot be relied on. A private one is looked at when it starts.
func (m Machine) CheckVersion(runner config.Runner, version string) error {
	if runner.PrivateServer() {
		return nil
	}
	if err := ollama.Supported(version); err != nil {
		return fmt.Errorf("the server at %s: %w", runner.Ollama, err)
	}
	return nil
}
