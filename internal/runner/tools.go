package runner

import (
	"context"
	"errors"

	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/pipeline"
	"github.com/tunegate/tunegate/internal/python"
)

func pythonChecks(ctx context.Context, m pipeline.Machine, configured, setup string) []Check {
	tools := python.Tools{LookPath: m.LookPath, Env: m.Environ}
	path, err := python.Locate(ctx, m.Launcher, m.Home, tools, configured)
	check := Check{Name: "python", OK: err == nil, Found: path, Mend: setup}
	if err == nil {
		return []Check{check}
	}
	check.Found = err.Error()
	if !errors.Is(err, python.ErrMissing) {
		check.Mend = "correct or remove `runner.python`"
		return []Check{check}
	}
	path, err = python.Usable(ctx, m.Launcher, tools)
	maker := Check{Name: "venv", OK: err == nil, Found: path, Mend: "apt-get install python3 python3-venv"}
	if err != nil {
		maker.Found = err.Error()
	}
	return []Check{maker, check}
}

func ollamaChecks(ctx context.Context, m pipeline.Machine, configured, setup string) []Check {
	if configured != "auto" {
		return []Check{sharedCheck(ctx, configured)}
	}
	binary, err := ollama.FindBinary(m.Home, m.LookPath)
	check := Check{Name: "ollama", OK: err == nil, Found: binary.Path, Mend: setup}
	if err == nil {
		return []Check{check}
	}
	check.Found = err.Error()
	if !errors.Is(err, ollama.ErrMissing) {
		check.Mend = "put an `ollama` on PATH that can be read, or none"
		return []Check{check}
	}
	var checks []Check
	for _, program := range ollama.Programs() {
		path, err := m.LookPath(program.Name)
		if err != nil {
			path = "not on PATH"
		}
		checks = append(checks, Check{Name: program.Name, OK: err == nil, Found: path, Mend: program.Hint})
	}
	return append(checks, headerCheck(m, ollama.HeaderFolders(m.Home)...), check)
}

// headerCheck wants the C++ headers that Ollama's archive lacks in one of the
// folders, or what setup fetches them with.
func headerCheck(m pipeline.Machine, folders ...string) Check {
	for _, folder := range folders {
		if ollama.HasHeaders(folder) {
			return Check{Name: "headers", OK: true, Found: folder}
		}
	}
	_, download := m.LookPath("apt-get")
	_, unpack := m.LookPath("dpkg-deb")
	if download == nil && unpack == nil {
		return Check{Name: "headers", OK: true, Found: "none: setup fetches them with apt-get"}
	}
	return Check{
		Name: "headers", Found: "no nlohmann/json.hpp with stb/stb_image.h",
		Mend: "apt-get install nlohmann-json3-dev libstb-dev, or put them under /usr/local/include",
	}
}

func sharedCheck(ctx context.Context, address string) Check {
	check := Check{Name: "ollama", Mend: "start Ollama at " + address + ", or correct `runner.ollama`"}
	client, err := ollama.Dial(address)
	if err == nil {
		var version string
		if version, err = client.Version(ctx); err == nil {
			err = ollama.Supported(version)
			check.Found = version + " at " + address
		}
	}
	if err != nil {
		check.Found = err.Error()
	}
	check.OK = err == nil
	return check
}
