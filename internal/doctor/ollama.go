package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/ollama"
)

// installOllama is the command from Ollama's own page.
const installOllama = "curl -fsSL https://ollama.com/install.sh | sh"

// ollamaChecks require the server that the config names, or a program to start a
// private one, or what is needed to build that.
func ollamaChecks(ctx context.Context, in inspection) []check.Check {
	if !in.runner.PrivateServer() {
		return []check.Check{sharedCheck(ctx, in.runner.Ollama)}
	}
	binary, err := ollama.FindBinary(in.machine.Home, in.machine.LookPath)
	switch {
	case err == nil:
		return []check.Check{binaryCheck(ctx, in.machine, binary)}
	case errors.Is(err, ollama.ErrMissing):
		return append(buildChecks(ctx, in.machine), check.Failed("ollama", err.Error(), in.setup()))
	}
	return []check.Check{check.Failed("ollama", err.Error(), "install Ollama again: `"+installOllama+"`, or remove it from PATH and let setup build one")}
}

// clientVersion matches the output of `ollama --version`, with a server at its address or
// without one.
var clientVersion = regexp.MustCompile(`(?:client version is|ollama version is) (\S+)`)

// binaryCheck asks an Ollama from PATH for its version; that of one built by setup
// is known.
func binaryCheck(ctx context.Context, m machine.Machine, binary ollama.Binary) check.Check {
	if noexec(binary.Path) {
		return check.Failed("ollama", onNoexec(binary.Path), fixNoexec)
	}
	version := binary.Version
	fix := "install a newer Ollama: `" + installOllama + "`, or remove " + filepath.Dir(binary.Path) + " from PATH and let setup build one"
	if version == "" {
		cmd, done := m.Question(ctx, binary.Path, "--version")
		defer done()
		cmd.Env = append(append([]string{}, m.Environ...), "OLLAMA_HOST=127.0.0.1:1") // where nothing listens
		out, err := cmd.CombinedOutput()
		said := clientVersion.FindSubmatch(out)
		if said == nil {
			return check.Failed("ollama", fmt.Sprintf("%s does not report its version (%v): %.200s", binary.Path, err, out), fix)
		}
		version = string(said[1])
	}
	if err := ollama.Supported(version); err != nil {
		return check.Failed("ollama", fmt.Sprintf("%s: %v", binary.Path, err), fix)
	}
	return check.Passed("ollama", version+" at "+binary.Path)
}

// sharedCheck is about a server that a run uses and does not start.
func sharedCheck(ctx context.Context, address string) check.Check {
	server := machine.AskServer(ctx, address)
	if server.Err != nil {
		return check.Failed("ollama", server.Err.Error(), fixServer(server, "runner.ollama"))
	}
	return check.Passed("ollama", server.Version+" at "+address)
}

// fixServer is the fix for a server that cannot be used, whose address
// is under this key of the config.
func fixServer(server machine.Answer, key string) string {
	if server.Version != "" {
		return "install a newer Ollama at " + server.Address + " (https://ollama.com/download)"
	}
	if errors.Is(server.Err, ollama.ErrFront) {
		return "set `" + key + "` in the config to the address of the Ollama server itself, or change the proxy in front of it"
	}
	host := server.Address
	if u, err := url.Parse(server.Address); err == nil {
		host = u.Host
	}
	return "start Ollama there: `OLLAMA_HOST=" + host + " ollama serve`, or correct `" + key + "` of the config"
}
