package promote

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/ledger"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/runs"
)

// TestWhatIsPromotedAlready: data that has a version is not judged against
// itself, and a version never becomes other data.
func TestWhatIsPromotedAlready(t *testing.T) {
	t.Parallel()
	l := &lab{T: t, machine: machineAt(t.TempDir(), &said{})}
	for _, version := range []string{"1", "2"} {
		l.must(ledger.Append(l.machine.Home, ledger.Entry{
			Time: time.Now(), Action: ledger.Promote, Name: "demo", Version: "v" + version, Tag: "t", ModelID: "m", GGUFSHA256: "g",
			Run: "run-" + version, Lineage: "lineage-" + version,
		}))
	}
	for _, test := range []struct{ version, lineage, run, want, hint string }{
		{"v1", "lineage-1", "", "run-1", ""},
		{"v2", "lineage-2", "", "run-2", ""},
		{"v3", "lineage-2", "", "run-2", ""}, // what is stable
		{"v3", "lineage-2", "run-7", "", ""}, // another run of the same data
		{"v3", "lineage-1", "", "", ""},      // no longer stable
		{"v3", "lineage-3", "", "", ""},
		{"v2", "lineage-3", "", "", "tunegate promote v3 --head abc"},
	} {
		plan := &plan.Plan{Config: config.Config{Name: "demo"}, Lineage: test.lineage, HeadSHA: "abc"}
		run, err := Options{Version: test.version, Run: test.run}.promoted(l.ledger(), plan)
		if run != test.want || (err != nil) != (test.hint != "") || err != nil && (!errors.Is(err, ErrUsage) || !strings.Contains(err.Error(), test.hint)) {
			t.Errorf("%s of %s: %q, %v", test.version, test.lineage, run, err)
		}
	}
}

// TestSave: the result is with the run and in the workspace, until the next
// command; a link in the place of the copy leads nowhere.
func TestSave(t *testing.T) {
	t.Parallel()
	home, workspace := t.TempDir(), t.TempDir()
	result := Result{Name: "demo", Run: "run-1"}
	if err := result.Save(home, workspace); err == nil {
		t.Error("saved with a run that is not there")
	}
	dir := runs.Folder(home, "run-1")
	if err := errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(filepath.Join(dir, "run.json"), []byte("{}"), 0o644)); err != nil {
		t.Fatal(err)
	}
	if err := result.Save(home, workspace); err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(workspace, runs.CopyFolder, FileName)
	for _, path := range []string{copied, filepath.Join(dir, FileName)} {
		if data, err := os.ReadFile(path); err != nil || !strings.Contains(string(data), `"run": "run-1"`) {
			t.Errorf("%s: %v: %s", path, err, data)
		}
	}
	for range 2 {
		if err := Forget(workspace); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(copied); err == nil {
			t.Error("the result is still in the workspace")
		}
	}
	link := t.TempDir()
	if err := errors.Join(os.Symlink(dir, filepath.Join(link, runs.CopyFolder)), Forget(link)); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, FileName)); err != nil {
		t.Error("a link was followed")
	}
}
