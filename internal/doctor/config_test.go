package doctor

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/proc/proctest"
	"github.com/tunegate/tunegate/internal/repo"
)

const (
	goodConfig = `version: 1
name: demo
base: {model: ./base}
dataset: {sources: [{path: "data/*.json"}]}
runner: {ollama: "http://127.0.0.1:1"}
`
	goodSuite = `name: s
tests:
  - description: c
    turns: [{user: q, assert: [{type: equals, value: a}]}]
`
)

func TestReadConfig(t *testing.T) {
	t.Parallel()
	broken := strings.Replace(goodConfig, "base:", "bass:", 1)
	whole := map[string]string{"tunegate.yaml": goodConfig, "suites/s.suite.yaml": goodSuite, "data/a.json": "[]"}
	for _, file := range []string{"config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"} {
		whole["base/"+file] = "{}"
	}
	with := func(path, text string) map[string]string {
		files := map[string]string{path: text}
		for name, text := range whole {
			if name != path {
				files[name] = text
			}
		}
		return files
	}
	for name, tt := range map[string]struct {
		branch    string
		committed map[string]string
		draft     string // of the working tree; empty: as committed
		ok        bool
		found     string
		fix       string
		shared    bool // the config's own runner section is used
		usable    bool
	}{
		"usable":            {"main", whole, "", true, "tunegate.yaml at main", "", true, true},
		"another name":      {"master", whole, "", true, "tunegate.yaml at master", "", true, true},
		"no default branch": {"trunk", whole, "", false, "no default branch", "name it with --base REF", true, false},
		"none":              {"main", map[string]string{"README.md": "x"}, "", false, "no tunegate.yaml here, without which no run starts", "`tunegate init`, then commit", false, false},
		"nothing at all":    {"trunk", map[string]string{"README.md": "x"}, "", false, "no tunegate.yaml here, without which no run starts", "`tunegate init`, then commit", false, false},
		"a first one":       {"main", map[string]string{"README.md": "x", "suites/s.suite.yaml": goodSuite, "data/a.json": "[]"}, goodConfig, false, "of the working tree: main has none yet, and nothing is judged", "commit to main: `git add -- tunegate.yaml && git commit", true, true},
		"without suites":    {"main", map[string]string{"README.md": "x"}, goodConfig, false, "matches no file of working-tree", "in the working tree", true, false},
		"broken":            {"main", with("tunegate.yaml", broken), "", false, `tunegate.yaml:3:1: unknown key "bass"`, "in the working tree", false, false},
		"broken at main":    {"main", with("tunegate.yaml", broken), goodConfig, false, `tunegate.yaml:3:1: unknown key "bass"`, "to main", true, false},
		"broken draft":      {"main", whole, broken, false, `unknown key "bass"`, "in the working tree", false, false},
		"no records":        {"main", map[string]string{"tunegate.yaml": goodConfig, "suites/s.suite.yaml": goodSuite}, "", false, "`dataset.sources` match no file of main", "put records where `dataset.sources` looks, and commit them to main", true, false},
		"records to come":   {"main", map[string]string{"README.md": "x", "suites/s.suite.yaml": goodSuite}, goodConfig, false, "`dataset.sources` match no file of working-tree", "put records where", true, false},
		"a broken suite":    {"main", with("suites/s.suite.yaml", "name: s\n"), "", false, "suites/s.suite.yaml", "to main", true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for path, text := range tt.committed {
				proctest.WriteFile(t, filepath.Join(dir, path), text)
			}
			git(t, dir, "init", "-qb", tt.branch)
			git(t, dir, "add", "-A")
			git(t, dir, "commit", "-qm", "x")
			if tt.draft != "" {
				proctest.WriteFile(t, filepath.Join(dir, "tunegate.yaml"), tt.draft)
			}
			r, err := repo.Open(t.Context(), dir, "git", []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir})
			if err != nil {
				t.Fatal(err)
			}
			before := git(t, dir, "count-objects", "-v")
			got, wants := readConfig(t.Context(), Subject{Repo: r, ConfigPath: "tunegate.yaml", Command: "tunegate"})
			usable := wants.plan != nil
			if ok := got.Level == check.OK; ok != tt.ok || usable != tt.usable || !strings.Contains(got.Found, tt.found) || !strings.Contains(got.Fix, tt.fix) {
				t.Errorf("usable %v: %+v", usable, got)
			}
			if shared := wants.runner.Ollama != "auto"; shared != tt.shared {
				t.Errorf("ollama %q", wants.runner.Ollama)
			}
			if after := git(t, dir, "count-objects", "-v"); after != before {
				t.Errorf("objects:\n%s\nbefore:\n%s", after, before)
			}
		})
	}
}

func TestReadConfigWithoutRepository(t *testing.T) {
	t.Parallel()
	for says, want := range map[string]check.Check{
		"/x is not in a git repository: git rev-parse: not a git repository (or any of the parent directories): .git (hint: -C DIR)": check.Warned("config", "no git repository here: the machine is checked with the defaults", "run doctor in the repository, or name it with `-C DIR`"),
		"/x belongs to another user, so git does not read it (hint: `git config --global --add safe.directory /x`)": check.Failed("config",
			"/x belongs to another user, so git does not read it", "`git config --global --add safe.directory /x`"),
		"git is not on PATH (hint: apt-get install git)": check.Failed("config", "git is not on PATH", "apt-get install git"),
		"disk error": check.Failed("config", "disk error", "git fsck"),
	} {
		got, wants := readConfig(t.Context(), Subject{RepoErr: errors.New(says)})
		if got != want || wants.plan != nil {
			t.Errorf("%s: %+v", says, got)
		}
	}
}

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=a", "-c", "user.email=a@localhost"}, args...)...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// Sources that match nothing stop no run, and are named with their lines.
func TestSourceChecks(t *testing.T) {
	t.Parallel()
	said := func(unmatched ...string) []check.Check {
		return sourceChecks(t.Context(), inspection{wanted: wanted{plan: &plan.Plan{BaseRef: "main", Unmatched: unmatched}}})
	}
	if got := said(); len(got) > 0 {
		t.Errorf("%+v", got)
	}
	got := said("tunegate.yaml:7: the source \"a\" matches no file of main", "tunegate.yaml:8: another")
	if len(got) != 1 || got[0].Level != check.Warn || !strings.HasPrefix(got[0].Found, "tunegate.yaml:7: ") || !strings.HasSuffix(got[0].Fix, "commit that to main") {
		t.Errorf("%+v", got)
	}
}
