package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/actions"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/reference/referencetest"
	"github.com/tunegate/tunegate/internal/starter"
)

// stepKeys are the keys that steps of the action and of the workflows use.
type stepKeys struct {
	ID       string            `yaml:"id"`
	Name     string            `yaml:"name"`
	If       string            `yaml:"if"`
	Uses     string            `yaml:"uses"`
	With     map[string]any    `yaml:"with"`
	Run      string            `yaml:"run"`
	Shell    string            `yaml:"shell"`
	Env      map[string]string `yaml:"env"`
	Folder   string            `yaml:"working-directory"`
	Continue bool              `yaml:"continue-on-error"`
}

type jobKeys struct {
	Needs       any               `yaml:"needs"`
	If          string            `yaml:"if"`
	RunsOn      any               `yaml:"runs-on"`
	Environment string            `yaml:"environment"`
	Minutes     int               `yaml:"timeout-minutes"`
	Permissions map[string]string `yaml:"permissions"`
	Outputs     map[string]string `yaml:"outputs"`
	Env         map[string]string `yaml:"env"`
	Steps       []stepKeys        `yaml:"steps"`
}

type workflowKeys struct {
	Name        string            `yaml:"name"`
	On          any               `yaml:"on"`
	Permissions map[string]string `yaml:"permissions"`
	Concurrency struct {
		Group  string `yaml:"group"`
		Cancel any    `yaml:"cancel-in-progress"`
	} `yaml:"concurrency"`
	Jobs map[string]jobKeys `yaml:"jobs"`
}

// actionlint does not read action.yml: its one step hands over each input under
// the name that the binary reads, and each output comes from there.
func TestActionFile(t *testing.T) {
	t.Parallel()
	var action struct {
		Name, Description, Author string
		Branding                  map[string]string
		Inputs                    map[string]struct{ Description, Default string }
		Outputs                   map[string]struct{ Description, Value string }
		Runs                      struct {
			Using string
			Steps []stepKeys
		}
	}
	referencetest.ReadYAML(t, filepath.Join(project, "action.yml"), &action)
	env, declared := map[string]string{}, actions.Inputs{}
	for name, input := range action.Inputs {
		env["INPUT_"+strings.ToUpper(strings.ReplaceAll(name, "-", "_"))] = fmt.Sprintf("${{ inputs.%s }}", name)
		if declared[name] = "given"; input.Description == "" || strings.Contains(input.Default, "token") {
			t.Errorf("input %s: %+v", name, input)
		}
	}
	delete(declared, "github-token") // announce and publish alone read it
	if diff := cmp.Diff(declared, actions.ReadInputs(func(name string) string { return strings.Repeat("given", min(1, len(env[name]))) })); diff != "" {
		t.Errorf("inputs declared (-) and read (+):\n%s", diff)
	}
	want := []stepKeys{{ID: "tunegate", Shell: "bash", Env: env, Run: `exec bash "$GITHUB_ACTION_PATH/.github/launch.sh"`}}
	if diff := cmp.Diff(want, action.Runs.Steps); diff != "" || action.Runs.Using != "composite" {
		t.Errorf("using %s\n%s", action.Runs.Using, diff)
	}
	for name, output := range action.Outputs {
		if output.Value != fmt.Sprintf("${{ steps.tunegate.outputs.%s }}", name) || output.Description == "" {
			t.Errorf("output %s: %+v", name, output)
		}
	}
	names := slices.Sorted(maps.Keys(action.Outputs))
	if diff := cmp.Diff([]string{"candidate", "comment-url", "model-id", "outcome", "promotable", "run-dir"}, names); diff != "" {
		t.Error(diff)
	}
}

var pinned = regexp.MustCompile(`^actions/[a-z-]+@[0-9a-f]{40}$`)

// What keeps a stranger's pull request from more than a verdict: rights for each
// job, programs by their digest, nothing of an event in a script, and no job that
// both runs what it fetched and may write.
func TestWorkflowFiles(t *testing.T) {
	t.Parallel()
	workflows, err1 := filepath.Glob(filepath.Join(project, ".github", "workflows", "*.yml"))
	examples, err2 := filepath.Glob(filepath.Join(project, ".github", "examples", "*.yml"))
	if err := errors.Join(err1, err2); err != nil || len(workflows) < 2 || len(examples) < 5 {
		t.Fatalf("%q, %q, %v", workflows, examples, err)
	}
	for _, file := range slices.Concat(workflows, examples) {
		name, err := filepath.Rel(project, file)
		if err != nil {
			t.Fatal(err)
		}
		var w workflowKeys
		referencetest.ReadYAML(t, filepath.Join(project, name), &w)
		if w.Permissions == nil || len(w.Permissions) > 0 || w.Concurrency.Group == "" || w.Concurrency.Cancel == nil {
			t.Errorf("%s: permissions %v, concurrency %+v", name, w.Permissions, w.Concurrency)
		}
		for id, job := range w.Jobs {
			checkJob(t, name+": job "+id, job)
		}
	}
}

func checkJob(t *testing.T, name string, job jobKeys) {
	t.Helper()
	if job.Minutes == 0 || len(job.Permissions) == 0 {
		t.Errorf("%s: timeout-minutes %d, permissions %v", name, job.Minutes, job.Permissions)
	}
	onlyReads := maps.Equal(job.Permissions, map[string]string{"contents": "read"})
	if strings.Contains(fmt.Sprint(job.RunsOn), "self-hosted") && !onlyReads {
		t.Errorf("%s: a job on a machine of the user's may %v", name, job.Permissions)
	}
	for _, step := range job.Steps {
		if strings.Contains(step.Run, "${{") {
			t.Errorf("%s: an expression in the script %q", name, step.Run)
		}
		// A populated submodule's config may name a program, and its remote another host.
		if strings.Contains(step.Run, "git fetch") && !strings.Contains(step.Run, "git fetch --no-tags --no-recurse-submodules ") {
			t.Errorf("%s: fetches submodules in %q", name, step.Run)
		}
		checkout := strings.HasPrefix(step.Uses, "actions/checkout@")
		if checkout && (!onlyReads || step.With["persist-credentials"] != false || strings.Contains(fmt.Sprint(step.With["ref"]), "head")) {
			t.Errorf("%s: a checkout of %v with %v", name, step.With, job.Permissions)
		}
		if step.Uses != "" && !pinned.MatchString(step.Uses) && step.Uses != "OWNER/NAME@REF" {
			t.Errorf("%s uses %s", name, step.Uses)
		}
		if step.With["github-token"] != nil && step.With["command"] != "publish" && step.With["command"] != "announce" {
			t.Errorf("%s: a token for %v", name, step.With["command"])
		}
	}
}

// A gate must not be a job that can be skipped, for that counts as passed, and the
// status of gpu.yml must not stay pending.
func TestLastJobAlwaysRuns(t *testing.T) {
	t.Parallel()
	for file, last := range map[string]string{"pull-request.yml": "tunegate", "gpu.yml": "publish", "retrain.yml": "publish"} {
		var w workflowKeys
		referencetest.ReadYAML(t, filepath.Join(project, ".github", "examples", file), &w)
		for id := range w.Jobs {
			if id != last && !strings.Contains(fmt.Sprint(w.Jobs[last].Needs), id) {
				t.Errorf("%s: %s does not wait for %s", file, last, id)
			}
		}
		// Where no job of it is meant to run, there is nothing to end.
		when := map[string]string{
			"pull-request.yml": "${{ always() }}",
			"gpu.yml":          "${{ always() && github.event.workflow_run.event == 'pull_request' }}",
			"retrain.yml":      "${{ always() && needs.train.result != 'skipped' }}",
		}[file]
		if w.Jobs[last].If != when || w.Jobs[last].Minutes > 10 {
			t.Errorf("%s: %s runs if %s, for %d minutes", file, last, w.Jobs[last].If, w.Jobs[last].Minutes)
		}
	}
}

// The workflows of init name a release as soon as there is one: the programs of a
// release, which has checksums, name it themselves.
func TestReleasedAction(t *testing.T) {
	t.Parallel()
	checksums, err := os.ReadFile(filepath.Join(project, ".github", "checksums.txt"))
	if err != nil {
		t.Fatal(err)
	}
	own := "tunegate/tunegate@v" + version
	if isRelease := len(bytes.TrimSpace(checksums)) > 0; isRelease != (released == own) {
		t.Errorf("released is %q; checksums.txt says that %s is a release: %v", released, own, isRelease)
	}
	if released != "" && starter.CheckAction(released) != nil {
		t.Errorf("released is %q", released)
	}
}

// The image holds the Ollama whose answers the tests know, begins with no image that
// only a tag names, and git in it trusts no folder of another user but the one that
// the repository is mounted at.
func TestDockerfile(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join(project, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), "\nARG OLLAMA=ollama/ollama:"+ollama.PinnedVersion+"\n") {
		t.Errorf("not Ollama %s", ollama.PinnedVersion)
	}
	from := regexp.MustCompile(`(?m)^FROM (.*)$`).FindAllStringSubmatch(string(data), -1)
	byDigest := regexp.MustCompile(`^\$\{([A-Z]+)\}@\$\{([A-Z]+)_DIGEST\}( AS [a-z]+)?$`)
	for _, image := range from {
		parts := byDigest.FindStringSubmatch(image[1])
		if parts == nil || parts[1] != parts[2] || !strings.Contains(string(data), "\nARG "+parts[1]+"_DIGEST\n") {
			t.Errorf("FROM %s: its digest is no argument that must be given", image[1])
		}
	}
	safe := regexp.MustCompile(`safe\.directory (.*)`).FindAllStringSubmatch(string(data), -1)
	if len(from) != 3 || len(safe) != 1 || safe[0][1] != "/repo" {
		t.Errorf("begins with %q, trusts %q", from, safe)
	}
}
