package ollama

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/proc"
)

const (
	startLimit   = 60 * time.Second // GPU discovery on a cold machine takes long
	startPoll    = 10 * time.Millisecond
	portAttempts = 3
)

// oldest is the first version with truncate, shift and logprobs. Older ones silently
// ignore them.
var oldest = [3]int{0, 12, 11}

// ServeOptions configures a private server.
type ServeOptions struct {
	Binary Binary
	Home   string    // folder for all its files, absolute; models are in Models(Home)
	Env    []string  // of tunegate; proc.CleanEnv selects what is passed on
	Log    io.Writer // its output; nil: dropped
}

// Models returns the models folder of a private server with this home.
func Models(home string) string { return filepath.Join(home, "models") }

// Server is a private server on its own port, in its own network if the machine allows
// it.
type Server struct {
	client  *Client
	process *proc.Process
	witness *witness
	version string
}

// Client returns the server's client.
func (s *Server) Client() *Client { return s.client }

// Version returns the version that the server reports.
func (s *Server) Version() string { return s.version }

// Undisturbed returns nil as long as, according to the log, only its client has used
// the server; it waits briefly for missing log lines. The error lists the other
// requests.
func (s *Server) Undisturbed(ctx context.Context) error {
	foreign := s.witness.foreign(ctx)
	if foreign == "" {
		return ctx.Err()
	}
	hint := "run `tunegate doctor`: it explains under \"network\" how to keep others out; then run again"
	if s.process.Private() {
		hint = "stop the process of root or this user that asked it (nobody else can reach its network), then run again"
	}
	return fmt.Errorf("ollama: %w at %s: %s (hint: %s)", engine.ErrDisturbed, s.client.Base(), foreign, hint)
}

// Close stops the server and its runners, and returns when they are gone.
func (s *Server) Close() error {
	s.process.Stop()
	return s.process.Wait()
}

var errPortTaken = errors.New("the port was taken by another program")

// Serve starts a server on a free port of 127.0.0.1 and returns when it answers.
// The server ends with ctx or Close. It runs one model and one request at a
// time, because concurrent requests change each other's answers. It first removes tags
// damaged by a crash or a full disk, which cannot be served and keep the server from
// removing unused blobs.
func Serve(ctx context.Context, launcher proc.Launcher, o ServeOptions) (*Server, error) {
	if o.Log == nil {
		o.Log = io.Discard
	}
	if err := os.MkdirAll(Models(o.Home), 0o700); err != nil {
		return nil, fmt.Errorf("ollama: %w", err)
	}
	if err := removeBroken(Models(o.Home), o.Log); err != nil {
		return nil, err
	}
	for attempt := 1; ; attempt++ {
		server, err := serve(ctx, launcher, o)
		if errors.Is(err, errPortTaken) && attempt < portAttempts {
			continue
		}
		return server, err
	}
}

func serve(ctx context.Context, launcher proc.Launcher, o ServeOptions) (*Server, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, fmt.Errorf("ollama: %w", err)
	}
	said := output{recent: proc.NewTail(100), last: proc.NewTail(20)}
	server := &Server{witness: newWitness()}
	log := io.MultiWriter(o.Log, said.recent, said.last, server.witness)
	server.process, err = launcher.Start(ctx, proc.Command{
		Name: "ollama serve",
		Path: o.Binary.Path,
		Args: []string{"serve"},
		Env:  serverEnv(o, address),
		Dir:  o.Home,
		Log:  log,

		Network: proc.PrivateNetwork,
	})
	if err != nil {
		return nil, fmt.Errorf("ollama: %w", err)
	}
	server.client = newClient(&url.URL{Scheme: "http", Host: address}, server.process.Dial, server.witness)
	if err := server.await(ctx, address, o.Binary.Version, said); err != nil {
		server.Close()
		return nil, err
	}
	return server, nil
}

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

func serverEnv(o ServeOptions, address string) []string {
	return append(proc.CleanEnv(o.Env),
		"HOME="+o.Home,
		"OLLAMA_HOST="+address,
		"OLLAMA_MODELS="+Models(o.Home),
		"OLLAMA_NUM_PARALLEL=1",
		"OLLAMA_MAX_LOADED_MODELS=1",
		"OLLAMA_KEEP_ALIVE=-1",
		"OLLAMA_CONTEXT_LENGTH=4096", // otherwise it depends on GPU memory
		"OLLAMA_NOHISTORY=true",
		"OLLAMA_NO_CLOUD=true",
		"OLLAMA_DEBUG=false",
	)
}

// output is the end of a server's output: recent to search, last to show.
type output struct{ recent, last *proc.Tail }

// await returns nil once this server answers. The port alone proves nothing: another
// server may have taken it.
func (s *Server) await(ctx context.Context, address, version string, said output) error {
	limit := time.After(startLimit)
	poll := time.NewTicker(startPoll)
	defer poll.Stop()
	for listening := false; !listening; listening = strings.Contains(said.recent.String(), "Listening on "+address) {
		select {
		case <-ctx.Done():
			return fmt.Errorf("ollama: start a server: %w", ctx.Err())
		case <-s.process.Done():
			if strings.Contains(said.recent.String(), "address already in use") {
				return fmt.Errorf("ollama: %s: %w", address, errPortTaken)
			}
			err := s.process.Wait()
			if err == nil {
				err = errors.New("exit code 0")
			}
			return fmt.Errorf("ollama: the server exited at once: %w\n%s", err, said.last.Fenced())
		case <-limit:
			return fmt.Errorf("ollama: the server is not listening on %s after %v (hint: try again when the machine is less busy)\n%s", address, startLimit, said.last.Fenced())
		case <-poll.C:
		}
	}
	answered, err := s.client.Version(ctx)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, said.last.Fenced())
	}
	if version != "" && answered != version {
		return fmt.Errorf("ollama: the server reports version %q, but its binary is %s (hint: remove the binary's folder, then run `tunegate setup`)", answered, version)
	}
	s.version = answered
	return Supported(answered)
}

// Supported returns an error if a server of this version is unsupported.
func Supported(version string) error {
	var v [3]int
	n, _ := fmt.Sscanf(version, "%d.%d.%d", &v[0], &v[1], &v[2])
	if n == 3 && (v[0] > oldest[0] || v[1] > oldest[1] || v[1] == oldest[1] && v[2] >= oldest[2]) {
		return nil
	}
	return fmt.Errorf("ollama: version %.50q is too old: it ignores truncate and logprobs (hint: use %d.%d.%d or newer, or remove ollama from PATH)",
		version, oldest[0], oldest[1], oldest[2])
}
