package doctor

import (
	"context"
	"go/version"
	"path/filepath"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/ollama"
)

// buildChecks require the programs and headers that building Ollama needs.
func buildChecks(ctx context.Context, m machine.Machine) []check.Check {
	var checks []check.Check
	for _, program := range ollama.Programs() {
		path, err := m.LookPath(program.Name)
		switch {
		case err != nil:
			checks = append(checks, check.Failed(program.Name, "not on PATH", fixProgram(program)))
		case program.Name == "go":
			checks = append(checks, goCheck(ctx, m, path, fixProgram(program)))
		default:
			checks = append(checks, check.Passed(program.Name, path))
		}
	}
	return append(checks, headerCheck(m, ollama.HeaderFolders(m.Home)...))
}

// fixProgram is how to install a program that building Ollama needs.
func fixProgram(program ollama.Program) string {
	if program.Name == "go" {
		return "install Go " + ollama.GoVersion() + " or newer (https://go.dev/dl), or Ollama itself: `" + installOllama + "`"
	}
	return install(program.Name)
}

// goCheck requires the Go of Ollama's module. An older one may download it,
// which fails late on a machine without a network.
func goCheck(ctx context.Context, m machine.Machine, path, fix string) check.Check {
	cmd, done := m.Question(ctx, path, "version")
	defer done()
	cmd.Env = append(append([]string{}, m.Environ...), "GOTOOLCHAIN=local")
	cmd.Dir = filepath.Dir(path)
	out, err := cmd.Output()
	has := versionNumber.FindString(string(out))
	if err != nil || has == "" {
		return check.Failed("go", path+" does not run", fix)
	}
	needed := ollama.GoVersion()
	return check.That(version.Compare("go"+has, "go"+needed) >= 0, "go", has+", Ollama needs "+needed, fix)
}

// headerCheck requires the C++ headers that Ollama's archive lacks in one of the
// folders, or the programs with which setup downloads them.
func headerCheck(m machine.Machine, folders ...string) check.Check {
	for _, folder := range folders {
		if ollama.HasHeaders(folder) {
			return check.Passed("headers", folder)
		}
	}
	_, download := m.LookPath("apt-get")
	_, unpack := m.LookPath("dpkg-deb")
	return check.That(download == nil && unpack == nil, "headers", "no nlohmann/json.hpp with stb/stb_image.h: setup fetches them with apt-get if that is available",
		"`"+install("nlohmann-json3-dev libstb-dev")+"`, or put them under /usr/local/include")
}
