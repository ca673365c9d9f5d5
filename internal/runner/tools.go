package runner

import (
	"context"
	"errors"
	"fmt"
	"go/version"
	"net/url"
	"path/filepath"
	"regexp"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/python"
)

// installOllama is the command that Ollama's own page gives.
const installOllama = "curl -fsSL https://ollama.com/install.sh | sh"

func pythonChecks(ctx context.Context, m machine.Machine, configured, setup string) []Check {
	tools := python.Tools{LookPath: m.LookPath, Env: m.Environ}
	path, err := python.Locate(ctx, m.Launcher, m.Home, tools, configured)
	if err == nil && configured == config.Auto {
		if err := python.Verify(ctx, m.Launcher, path, tools); err != nil {
			folder := filepath.Dir(filepath.Dir(path))
			return []Check{judge("python", false, err.Error(), "rm -r "+Quote(folder)+" && "+setup)}
		}
	}
	if err == nil {
		return []Check{judge("python", true, path+" with the locked packages", "")}
	}
	if !errors.Is(err, python.ErrMissing) {
		return []Check{judge("python", false, err.Error(), "correct `runner.python` of the config, or take it out: then `"+setup+"` brings a Python environment")}
	}
	check := judge("python", false, err.Error(), setup)
	path, err = python.Usable(ctx, m.Launcher, tools)
	if err != nil {
		return []Check{judge("venv", false, err.Error(), install("python3 python3-venv")), check}
	}
	return []Check{judge("venv", true, path, ""), check}
}

func ollamaChecks(ctx context.Context, m machine.Machine, configured, setup string) []Check {
	if configured != config.Auto {
		return []Check{sharedCheck(ctx, configured)}
	}
	binary, err := ollama.FindBinary(m.Home, m.LookPath)
	if err == nil {
		return []Check{binaryCheck(ctx, m, binary)}
	}
	check := judge("ollama", false, err.Error(), setup)
	if !errors.Is(err, ollama.ErrMissing) {
		check.Mend = "install Ollama again: `" + installOllama + "`, or take it off PATH and let setup build one"
		return []Check{check}
	}
	var checks []Check
	for _, program := range ollama.Programs() {
		path, err := m.LookPath(program.Name)
		switch {
		case err != nil:
			checks = append(checks, judge(program.Name, false, "not on PATH", mendOf(program)))
		case program.Name == "go":
			checks = append(checks, goCheck(ctx, m, path, mendOf(program)))
		default:
			checks = append(checks, judge(program.Name, true, path, ""))
		}
	}
	return append(checks, headerCheck(m, ollama.HeaderFolders(m.Home)...), check)
}

// mendOf is how to get a program that Ollama is built with.
func mendOf(program ollama.Program) string {
	if program.Name == "go" {
		return "install Go " + ollamaGo + " or newer (https://go.dev/dl), or Ollama itself: `" + installOllama + "`"
	}
	return install(program.Name)
}

// ollamaGo is the Go that building Ollama's module needs, as its go.mod says.
const ollamaGo = "1.24.1"

// goCheck wants the Go that Ollama's module asks for. Another one may fetch it,
// which a machine without a network finds out late.
func goCheck(ctx context.Context, m machine.Machine, path, mend string) Check {
	cmd, done := m.Question(ctx, path, "version")
	defer done()
	cmd.Env = append(append([]string{}, m.Environ...), "GOTOOLCHAIN=local")
	cmd.Dir = filepath.Dir(path)
	out, err := cmd.Output()
	has := versionNumber.FindString(string(out))
	if err != nil || has == "" {
		return judge("go", false, path+" does not run", mend)
	}
	return judge("go", version.Compare("go"+has, "go"+ollamaGo) >= 0, has+", Ollama needs "+ollamaGo, mend)
}

// clientVersion is what `ollama --version` says, with a server at its address or
// without one.
var clientVersion = regexp.MustCompile(`(?:client version is|ollama version is) (\S+)`)

// binaryCheck asks an Ollama from PATH for its version; of one that setup built
// it is known.
func binaryCheck(ctx context.Context, m machine.Machine, binary ollama.Binary) Check {
	version := binary.Version
	mend := "install a newer Ollama: `" + installOllama + "`, or take " + filepath.Dir(binary.Path) + " off PATH and let setup build one"
	if version == "" {
		cmd, done := m.Question(ctx, binary.Path, "--version")
		defer done()
		cmd.Env = append(append([]string{}, m.Environ...), "OLLAMA_HOST=127.0.0.1:1") // where nothing listens
		out, err := cmd.CombinedOutput()
		said := clientVersion.FindSubmatch(out)
		if said == nil {
			return judge("ollama", false, fmt.Sprintf("%s does not tell its version (%v): %.200s", binary.Path, err, out), mend)
		}
		version = string(said[1])
	}
	if err := ollama.Supported(version); err != nil {
		return judge("ollama", false, fmt.Sprintf("%s: %v", binary.Path, err), mend)
	}
	return judge("ollama", true, version+" at "+binary.Path, "")
}

// headerCheck wants the C++ headers that Ollama's archive lacks in one of the
// folders, or what setup fetches them with.
func headerCheck(m machine.Machine, folders ...string) Check {
	for _, folder := range folders {
		if ollama.HasHeaders(folder) {
			return judge("headers", true, folder, "")
		}
	}
	_, download := m.LookPath("apt-get")
	_, unpack := m.LookPath("dpkg-deb")
	return judge("headers", download == nil && unpack == nil, "no nlohmann/json.hpp with stb/stb_image.h: setup fetches them with apt-get, where that is",
		"`"+install("nlohmann-json3-dev libstb-dev")+"`, or put them under /usr/local/include")
}

func sharedCheck(ctx context.Context, address string) Check {
	host := address
	if u, err := url.Parse(address); err == nil {
		host = u.Host
	}
	mend := "start Ollama there: `OLLAMA_HOST=" + host + " ollama serve`, or correct `runner.ollama` of the config"
	client, err := ollama.Dial(address)
	if err != nil {
		return judge("ollama", false, err.Error(), mend)
	}
	version, err := client.Version(ctx)
	if err != nil {
		return judge("ollama", false, err.Error(), mend)
	}
	if err := ollama.Supported(version); err != nil {
		return judge("ollama", false, err.Error(), "install a newer Ollama at "+address+" (https://ollama.com/download)")
	}
	return judge("ollama", true, version+" at "+address, "")
}
