package machine

import (
	"context"
	"fmt"
	"io"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/ollama"
)

// Server is the engine where models are registered: the config's shared server, or this
// home's private one.
type Server struct {
	engine.Engine
	Address string         // of a shared server, in one spelling; empty for a private one
	private *ollama.Server // nil for a shared one
	shared  *ollama.Client // nil for a private one
}

// Private reports that the server belongs to this home and stops at Close.
func (s *Server) Private() bool { return s.private != nil }

// Undisturbed returns nil as long as nobody else has used a private server, see
// [ollama.Server.Undisturbed]; for a shared one it cannot tell.
func (s *Server) Undisturbed(ctx context.Context) error {
	if s.private == nil {
		return nil
	}
	return s.private.Undisturbed(ctx)
}

// Close stops a private server and leaves a shared one running.
func (s *Server) Close() error {
	if s.private == nil {
		return nil
	}
	return s.private.Close()
}

// CheckUpload returns an error if something in front of a shared server, such as a proxy
// with a limit, refuses a model of that many bytes. It sends nothing; gguf is the digest
// of one on the server.
func (s *Server) CheckUpload(ctx context.Context, gguf string, size int64) error {
	if s.Private() {
		return nil
	}
	return s.shared.Accepts(ctx, gguf, size)
}

// Serve starts the private server, with its output in log, or dials the shared one. The
// private server requires the Lock.
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

// Address returns the normalized address of the config's shared server; empty for a
// private one.
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

// ServerVersion identifies the server program without starting it: a shared server's
// version, or the digest of a private one's program. Answers of other programs are not
// reused.
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

// CheckVersion returns an error if a shared server of this version, from ServerVersion,
// is unsupported. A private one is checked when it starts.
func (m Machine) CheckVersion(runner config.Runner, version string) error {
	if runner.PrivateServer() {
		return nil
	}
	if err := ollama.Supported(version); err != nil {
		return fmt.Errorf("the server at %s: %w", runner.Ollama, err)
	}
	return nil
}
