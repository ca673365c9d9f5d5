package machine

import (
	"context"
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
	if !runner.PrivateServer() {
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
