// Package runner looks after the machine: in goes what a run would use of it,
// out comes each thing that would stop a run, with the command that mends it.
package runner

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"

	"github.com/tunegate/tunegate/internal/pipeline"
)

// Check is one thing that was looked at.
type Check struct {
	Name  string `json:"name"`
	OK    bool   `json:"ok"`
	Found string `json:"found"`
	Mend  string `json:"mend,omitempty"` // what to do, where OK is false
}

// Doctor looks at everything that a run with the subject's config needs, each
// thing after those that it takes to bring it. It changes nothing and starts
// nothing but queries.
func Doctor(ctx context.Context, m pipeline.Machine, about Subject) []Check {
	settings, wanted, configured := configCheck(ctx, about)
	setup := about.Command + " setup --tools"
	if configured {
		setup = about.Command + " setup"
	}
	tools := append(pythonChecks(ctx, m, wanted.Python, setup), ollamaChecks(ctx, m, wanted.Ollama, setup)...)
	need := int64(diskForRuns)
	if !Healthy(tools) {
		need = diskForSetup
	}
	checks := []Check{gitCheck(ctx, m), settings, homeCheck(m.Home), diskCheck(m.Home, need)}
	checks = append(append(checks, tools...), gpuCheck(m))
	for i := range checks {
		if checks[i].OK {
			checks[i].Mend = ""
		}
	}
	return checks
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

// gpuCheck reports; a machine without a GPU trains on its CPU.
func gpuCheck(m pipeline.Machine) Check {
	if path, err := m.LookPath("nvidia-smi"); err == nil {
		return Check{Name: "gpu", OK: true, Found: path}
	}
	return Check{Name: "gpu", OK: true, Found: "none: training runs on the CPU"}
}
