package starter

import (
	"bytes"
	"path"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/.github/examples"
)

const testAction = "octo-org/mono_repo/.github/actions/tune.gate@0123456789abcdef0123456789abcdef01234567"

func TestWorkflows(t *testing.T) {
	t.Parallel()
	files, err := Workflows([]string{"gpu", "data"}, testAction)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, file := range files {
		paths = append(paths, file.Path)
		if !bytes.Contains(file.Data, []byte("\npermissions: {}\n")) {
			t.Errorf("%s begins with permissions", file.Path)
		}
	}
	if got := strings.Join(paths, " "); got != ".github/workflows/data.yml .github/workflows/gpu.yml" {
		t.Errorf("files %s", got)
	}
	if _, err := Workflows([]string{"data", "../data"}, testAction); err == nil || !strings.Contains(err.Error(), "(hint: choose one of data, gpu, promote, pull-request, retrain, or none)") {
		t.Errorf("an unknown workflow: %v", err)
	}
}

// Each step that used tunegate's action uses the named one, and nothing else changes.
func TestWorkflowsUseTheAction(t *testing.T) {
	t.Parallel()
	files, err := Workflows([]string{"data", "gpu", "promote", "pull-request", "retrain"}, testAction)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		example, err := examples.Files.ReadFile(path.Base(file.Path))
		if err != nil {
			t.Fatal(err)
		}
		uses := bytes.Count(file.Data, []byte("uses: "+testAction+"\n"))
		if uses == 0 || uses != bytes.Count(example, []byte("OWNER/NAME@REF")) {
			t.Errorf("%s uses it %d times", file.Path, uses)
		}
		if !bytes.Equal(file.Data, bytes.ReplaceAll(example, []byte("OWNER/NAME@REF"), []byte(testAction))) {
			t.Errorf("%s is changed beyond its action", file.Path)
		}
	}
}

func TestCheckAction(t *testing.T) {
	t.Parallel()
	for _, action := range []string{
		"tunegate/tunegate@v0.1.0", "a/b@c", testAction, "o/.github@main", "o/n/p/q@release/v1.x", "corp_user/n@0a1b",
	} {
		if err := CheckAction(action); err != nil {
			t.Errorf("%s: %v", action, err)
		}
	}
	for _, action := range []string{
		"", "tunegate", "a/b", "a@c", "@c", "/b@c", "a/@c", "a/b@", "a/b@c@d", "./local@v1", "../a/b@c", "a/../b@c", "a/./b@c", "a/b/@c", "a//b@c",
		"a/b@../c", "a/b@c..d", "a/b@/c", "a/b@c/", "a/b@-c", "-a/b@c", "docker://a/b@c", "https://github.com/a/b@c",
		"a/b@c # x", "a/b@c\n      run: evil", "a/b@c\n", "a/b@c\r", "a/b@${{x}}", "a/b@$1", "a/b@c: d", "a/b@'c'", " a/b@c", "a /b@c", "ä/b@c",
		"a/b@" + strings.Repeat("c", 201), strings.Repeat("a", 40) + "/b@c",
	} {
		if err := CheckAction(action); err == nil || !strings.Contains(err.Error(), "hint: use OWNER/NAME@REF") {
			t.Errorf("%q: %v", action, err)
		}
	}
	if _, err := Workflows([]string{"data"}, "a/b@c\n"); err == nil {
		t.Error("a workflow with an action of two lines")
	}
}
