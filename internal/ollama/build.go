package ollama

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tunegate/tunegate/internal/proc"
)

// Tools lets Build find the programs that it needs.
type Tools struct {
	LookPath func(name string) (string, error)
	Env      []string // of tunegate; buildEnv selects what is passed on
}

const (
	ollamaModule = "github.com/ollama/ollama"
	linkFlags    = "-s -w -X " + ollamaModule + "/version.Version=" + PinnedVersion + " -X " + ollamaModule + "/server.mode=release"
	headerModule = "github.com/gen2brain/malgo" // has miniaudio.h
)

// Program is a program that Build needs on PATH, and how to get it.
type Program struct{ Name, Hint string }

// Programs lists what Build needs on PATH.
func Programs() []Program {
	return []Program{
		{"go", "install Go " + GoVersion() + " or newer, see https://go.dev/dl, or put an `ollama` on PATH"},
		{"gcc", "apt-get install gcc"},
		{"g++", "apt-get install g++"},
	}
}

// GoVersion is the oldest Go that can compile Ollama, from its module.
func GoVersion() string {
	for line := range strings.Lines(string(goMod)) {
		if version, ok := strings.CutPrefix(line, "go "); ok {
			return strings.TrimSpace(version)
		}
	}
	return ""
}

// Build compiles Ollama's pinned version from its Go module into a folder under home
// (absolute) and returns it; an existing one is returned at once. It logs what it runs
// and calls progress every few seconds with the current action and its duration. Only
// one Build may run in a home at a time.
func Build(ctx context.Context, launcher proc.Launcher, home string, tools Tools, log io.Writer, progress func(doing string, elapsed time.Duration)) (Binary, error) {
	flags := hostFlags()
	folder := buildFolder(home, flags)
	if binary, err := findBuilt(folder); err == nil {
		return binary, nil
	}
	b := &builder{launcher: launcher, tools: tools, log: log, progress: progress, programs: map[string]string{}}
	for _, program := range Programs() {
		path, err := tools.LookPath(program.Name)
		if err != nil {
			return Binary{}, fmt.Errorf("ollama: cannot build Ollama: %s is missing (hint: %s)", program.Name, program.Hint)
		}
		b.programs[program.Name] = path
	}
	fmt.Fprintf(log, "building Ollama %s from its Go module: takes about 5 minutes on 2 cores and downloads about 140 MB of modules\n", PinnedVersion)

	include, err := b.headers(ctx, headerFolder(home), systemHeaders)
	if err != nil {
		return Binary{}, err
	}
	b.dir = folder + ".partial"
	for _, old := range []string{b.dir, folder} {
		if err := os.RemoveAll(old); err != nil {
			return Binary{}, fmt.Errorf("ollama: %w", err)
		}
	}
	if err := b.compile(ctx, include, flags); err != nil {
		return Binary{}, err
	}
	if err := os.Rename(b.dir, folder); err != nil {
		return Binary{}, fmt.Errorf("ollama: %w", err)
	}
	return findBuilt(folder)
}

// builder runs the programs of a build.
type builder struct {
	launcher proc.Launcher
	tools    Tools
	programs map[string]string // name: path
	log      io.Writer
	progress func(string, time.Duration)
	dir      string
}

// compile fills b.dir with the binary and, last, its manifest.
func (b *builder) compile(ctx context.Context, include, flags string) error {
	source := filepath.Join(b.dir, "source")
	err := errors.Join(
		os.MkdirAll(source, 0o700),
		os.WriteFile(filepath.Join(source, "go.mod"), goMod, 0o600),
		os.WriteFile(filepath.Join(source, "go.sum"), goSum, 0o600))
	if err != nil {
		return fmt.Errorf("ollama: %w", err)
	}
	env := append(buildEnv(b.tools.Env), "CGO_ENABLED=1", "GOWORK=off", "GOFLAGS=-mod=readonly", // an empty GOFLAGS would leave `go env -w` in force
		"CGO_CFLAGS="+flags, "CGO_CXXFLAGS="+flags,
		fmt.Sprintf("CGO_CPPFLAGS='-I%s' '-I%s'", include, source))
	if _, err := b.run(ctx, "downloading Ollama's modules", source, env, "go", "list", "-deps", ollamaModule); err != nil {
		return err
	}
	out, err := b.run(ctx, "downloading a header", source, env, "go", "list", "-f", "{{.Module.Dir}}", headerModule)
	if err != nil {
		return err
	}
	headers := out[strings.LastIndexByte(out, '\n')+1:]
	if err := os.Symlink(headers, filepath.Join(source, "miniaudio")); err != nil {
		return fmt.Errorf("ollama: %w", err)
	}
	binary := filepath.Join(b.dir, "ollama")
	if _, err := b.run(ctx, "compiling Ollama", source, env, "go", "build", "-trimpath", "-ldflags", linkFlags, "-o", binary, ollamaModule); err != nil {
		return err
	}
	manifest := built{Binary: Binary{Version: PinnedVersion}, Flags: flags}
	if manifest.SHA256, manifest.Size, err = digest(binary); err != nil {
		return err
	}
	data, err := json.MarshalIndent(manifest, "", "  ")
	if err != nil {
		return fmt.Errorf("ollama: %w", err)
	}
	err = errors.Join(
		os.RemoveAll(source),
		os.WriteFile(filepath.Join(b.dir, manifestName), append(data, '\n'), 0o600))
	if err != nil {
		return fmt.Errorf("ollama: %w", err)
	}
	return nil
}

// run runs a program to its end, reports progress, and returns its last lines.
func (b *builder) run(ctx context.Context, doing, dir string, env []string, program string, args ...string) (string, error) {
	tail, err := b.launcher.Run(ctx, proc.Command{
		Name: program, Path: b.programs[program], Args: args, Env: env, Dir: dir, Log: b.log,
	}, func(elapsed time.Duration) { b.progress(doing, elapsed) })
	if err != nil {
		return "", fmt.Errorf("ollama: %s: %w", doing, tail.Explain(err))
	}
	return tail.String(), nil
}

// buildEnv selects the variables that a build's programs may see: where Go stores and
// fetches modules, and how to reach the network.
func buildEnv(environ []string) []string {
	return proc.OnlyEnv(environ,
		"PATH", "HOME", "TMPDIR", "LANG", "XDG_CACHE_HOME", "XDG_CONFIG_HOME",
		"GOROOT", "GOPATH", "GOMODCACHE", "GOCACHE", "GOTMPDIR", "GOENV", "GOTOOLCHAIN",
		"GOPROXY", "GOSUMDB", "GOPRIVATE", "GONOPROXY", "GONOSUMDB", "GOINSECURE",
		"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
		"SSL_CERT_FILE", "SSL_CERT_DIR",
	)
}
