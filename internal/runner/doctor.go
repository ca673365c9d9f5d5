// Package runner looks after the machine: in goes what a run would use of it,
// out comes each thing that would stop a run, with the command that mends it.
package runner

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"

	"golang.org/x/sys/unix"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/pipeline"
)

// Check is one thing that was looked at.
type Check struct {
	Name  string `json:"name"`
	OK    bool   `json:"ok"`
	Found string `json:"found"`
	Mend  string `json:"mend,omitempty"` // what to do, where OK is false
}

// Disk space that setup and the store need, in bytes.
const (
	diskForSetup = 8 << 30
	diskForRuns  = 1 << 30
)

// Doctor looks at everything that a run with this config needs. It changes
// nothing and starts nothing but version queries.
func Doctor(ctx context.Context, m pipeline.Machine, c config.Runner) []Check {
	tools := pythonCheck(ctx, m, c.Python)
	server := ollamaChecks(ctx, m, c.Ollama)
	need := int64(diskForRuns)
	if !tools.OK || !server[0].OK {
		need = diskForSetup
	}
	checks := []Check{gitCheck(ctx, m), homeCheck(m.Home), diskCheck(m.Home, need), tools}
	return append(append(checks, server...), gpuCheck(m))
}

// Healthy says whether nothing would stop a run.
func Healthy(checks []Check) bool {
	for _, check := range checks {
		if !check.OK {
			return false
		}
	}
	return true
}

var versionNumber = regexp.MustCompile(`(\d+)\.(\d+)`)

// gitCheck wants 2.38, the first git whose merge-tree writes a tree.
func gitCheck(ctx context.Context, m pipeline.Machine) Check {
	path, err := m.LookPath("git")
	if err != nil {
		return Check{Name: "git", Found: "not on PATH", Mend: "apt-get install git"}
	}
	cmd := exec.CommandContext(ctx, path, "--version")
	cmd.Env = m.Environ
	out, err := cmd.Output()
	parts := versionNumber.FindStringSubmatch(string(out))
	if err != nil || parts == nil {
		return Check{Name: "git", Found: fmt.Sprintf("%s does not run", path), Mend: "apt-get install --reinstall git"}
	}
	major, _ := strconv.Atoi(parts[1])
	minor, _ := strconv.Atoi(parts[2])
	return Check{
		Name: "git", Found: parts[0], OK: major > 2 || major == 2 && minor >= 38,
		Mend: "install git 2.38 or newer",
	}
}

func homeCheck(home string) Check {
	check := Check{Name: "home", Found: home, Mend: "set TUNEGATE_HOME to a folder that you may write to"}
	if err := os.MkdirAll(home, 0o755); err != nil {
		check.Found = err.Error()
		return check
	}
	probe, err := os.CreateTemp(home, ".doctor-")
	if err != nil {
		check.Found = err.Error()
		return check
	}
	check.OK = errors.Join(probe.Close(), os.Remove(probe.Name())) == nil
	return check
}

func diskCheck(home string, need int64) Check {
	check := Check{Name: "disk", Mend: fmt.Sprintf("free %d GB, or set TUNEGATE_HOME to a larger disk", need>>30)}
	dir := home
	var stat unix.Statfs_t
	for unix.Statfs(dir, &stat) != nil {
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		check.Found = "the free space of " + home + " can not be told"
		return check
	}
	free := int64(stat.Bavail) * int64(stat.Bsize)
	check.Found, check.OK = fmt.Sprintf("%.1f GB free", float64(free)/(1<<30)), free >= need
	return check
}

func pythonCheck(ctx context.Context, m pipeline.Machine, configured string) Check {
	found, err := m.Python(ctx, configured)
	if err == nil {
		return Check{Name: "python", OK: true, Found: found.Path}
	}
	check := Check{Name: "python", Found: err.Error(), Mend: "tunegate setup"}
	if configured != "auto" {
		check.Mend = "mend or remove `runner.python`"
	}
	return check
}

func ollamaChecks(ctx context.Context, m pipeline.Machine, configured string) []Check {
	if configured != "auto" {
		return []Check{sharedCheck(ctx, configured)}
	}
	binary, err := ollama.FindBinary(m.Home, m.LookPath)
	if err == nil {
		return []Check{{Name: "ollama", OK: true, Found: binary.Path}}
	}
	checks := []Check{{Name: "ollama", Found: err.Error(), Mend: "tunegate setup"}}
	for _, tool := range []struct{ name, mend string }{
		{"go", "install Go, to build Ollama with, or put an `ollama` on PATH"},
		{"gcc", "apt-get install gcc"}, {"g++", "apt-get install g++"},
	} {
		path, err := m.LookPath(tool.name)
		if err != nil {
			path = "not on PATH"
		}
		checks = append(checks, Check{Name: tool.name, OK: err == nil, Found: path, Mend: tool.mend})
	}
	return checks
}

func sharedCheck(ctx context.Context, address string) Check {
	check := Check{Name: "ollama", Mend: "start Ollama at " + address + ", or mend `runner.ollama`"}
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

// gpuCheck reports; a machine without a GPU trains on its CPU.
func gpuCheck(m pipeline.Machine) Check {
	if path, err := m.LookPath("nvidia-smi"); err == nil {
		return Check{Name: "gpu", OK: true, Found: path}
	}
	return Check{Name: "gpu", OK: true, Found: "none: training runs on the CPU"}
}
