package train

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLoadLosses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := `{"phase": "sanity", "step": 1, "loss": 9}
{"phase": "train", "step": 1, "loss": 2.5, "eval_loss": null}
{"phase": "train", "step": 2, "lo
{"phase": "train", "step": 2, "loss": null, "eval_loss": 1.5}
{"phase": "check", "step": 0}
`
	if err := os.WriteFile(filepath.Join(dir, eventsFile), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := LoadLosses(dir)
	if err != nil {
		t.Fatal(err)
	}
	first, second := 2.5, 1.5
	want := []Loss{{Phase: "train", Step: 1, Loss: &first}, {Phase: "train", Step: 2, EvalLoss: &second}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := LoadLosses(t.TempDir()); err == nil {
		t.Error("no file, and no error")
	}
}
