// Package llamacpp serves models with llama.cpp's llama-server. It runs one server on
// 127.0.0.1 for each GGUF in use, and keeps tags and weights in a folder. It is a second
// implementation of package engine; no config selects it yet.
package llamacpp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"

	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/proc"
)

// Options configures an engine.
type Options struct {
	Binary string    // absolute path of llama-server
	Home   string    // folder for all its files, absolute
	Env    []string  // of tunegate; proc.CleanEnv selects what is passed on
	Log    io.Writer // the servers' output; nil: dropped
}

// Engine is an engine.Engine. It handles one request at a time, because concurrent ones
// change each other's answers.
type Engine struct {
	options  Options
	launcher proc.Launcher
	turn     chan struct{}     // holds a value while nobody uses servers or files
	servers  map[string]*child // by the sha256 of the GGUF
}

var _ engine.Engine = (*Engine)(nil)

// New returns the engine with the tags of a folder. It starts nothing.
func New(launcher proc.Launcher, o Options) (*Engine, error) {
	if o.Log == nil {
		o.Log = io.Discard
	}
	e := &Engine{options: o, launcher: launcher, turn: make(chan struct{}, 1), servers: map[string]*child{}}
	e.turn <- struct{}{}
	for _, folder := range []string{e.tags(), e.blobs()} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, failed("start", err)
		}
	}
	return e, nil
}

// take waits for the engine's turn; give ends it.
func (e *Engine) take(ctx context.Context) (give func(), err error) {
	select {
	case <-e.turn:
		return func() { e.turn <- struct{}{} }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("llamacpp: %w", ctx.Err())
	}
}

// Close stops the servers and returns when they are gone.
func (e *Engine) Close() error {
	<-e.turn
	defer func() { e.turn <- struct{}{} }()
	var errs []error
	for digest := range e.servers {
		errs = append(errs, e.end(digest))
	}
	return errors.Join(errs...)
}

// end stops a GGUF's server, if there is one.
func (e *Engine) end(digest string) error {
	running, found := e.servers[digest]
	if !found {
		return nil
	}
	delete(e.servers, digest)
	running.process.Stop()
	return running.process.Wait()
}

// versionLine matches llama-server's version output.
var versionLine = regexp.MustCompile(`(?m)^version: (.+)$`)

// Version returns the binary's own version.
func (e *Engine) Version(ctx context.Context) (string, error) {
	said, err := e.launcher.Run(ctx, proc.Command{
		Name: "llama-server --version", Path: e.options.Binary, Args: []string{"--version"},
		Env: e.environment(), Dir: e.options.Home,
	}, nil)
	if err != nil {
		return "", fmt.Errorf("llamacpp: %w", said.Explain(err))
	}
	version := versionLine.FindStringSubmatch(said.String())
	if version == nil {
		return "", fmt.Errorf("llamacpp: %s reports no version (hint: check that it is llama-server)\n%s", e.options.Binary, said.Fenced())
	}
	return version[1], nil
}

func (e *Engine) environment() []string {
	return append(proc.CleanEnv(e.options.Env), "HOME="+e.options.Home, "LLAMA_CACHE="+filepath.Join(e.options.Home, "cache"))
}

// Loaded reports whether a GGUF's server runs.
func (e *Engine) Loaded(ctx context.Context, gguf string) (bool, error) {
	give, err := e.take(ctx)
	if err != nil {
		return false, err
	}
	defer give()
	running, found := e.servers[gguf]
	return found && !running.ended(), nil
}

// Unload stops the server of a tag's GGUF.
func (e *Engine) Unload(ctx context.Context, tag string) error {
	d, err := e.read("unload", tag)
	if err != nil {
		return err
	}
	give, err := e.take(ctx)
	if err != nil {
		return err
	}
	defer give()
	return e.end(d.GGUF)
}
