package starter

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/proc/proctest"
)

// The targets call tunegate as the playbook's Makefile calls its scripts.
func TestMakeTargets(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, _, err := Write(dir, []File{{"tunegate.mk", content(t, Tutor, Options{})["tunegate.mk"]}}); err != nil {
		t.Fatal(err)
	}
	// It prints its arguments, one in brackets after the other.
	fake := filepath.Join(dir, "fake")
	proctest.WriteFile(t, fake, "#!/bin/sh\nprintf '[%s]' \"$@\"\necho\n")
	const (
		data   = "backend/data/raw_tuning_records"
		merge  = "[dataset][--playbook][--base-sample][" + data + ".sample.json][--followup-sample][" + data + ".followup.sample.json][--merged][" + data + ".merged.json]"
		merged = merge + "[--weight=2][--shuffle-seed=42]"
	)
	const trained = "if the verdict says promotable, and once the default branch holds the data: ./fake promote v1, which serves euclid-math-lora-v1"
	proctest.WriteFile(t, filepath.Join(dir, "there.mk"), "LORA_INPUT = fake\n")
	for _, test := range []struct {
		args []string
		want []string
	}{
		{[]string{"lora-merge-samples"}, []string{merged}},
		{[]string{"lora-merge-samples", "LORA_NO_SHUFFLE=yes", "LORA_SHUFFLE_SEED=7", "LORA_FOLLOWUP_WEIGHT=3"}, []string{merge + "[--weight=3][--shuffle-seed=7][--no-shuffle]"}},
		{[]string{"lora-merge-samples", "LORA_NO_SHUFFLE=on"}, []string{merged}},
		{[]string{"lora-prepare"}, []string{"[dataset][--playbook][--input][" + data + ".json][--output][backend/data/lora_train.jsonl]"}},
		{[]string{"lora-prepare", "LORA_INPUT=a b.json", "LORA_OUTPUT=c.jsonl"}, []string{"[dataset][--playbook][--input][a b.json][--output][c.jsonl]"}},
		{[]string{"lora-prepare-merged"}, []string{merged, "[dataset][--playbook][--input][" + data + ".merged.json][--output][backend/data/lora_train.jsonl]"}},
		{[]string{"lora-train"}, []string{"[run]", trained}},
		{[]string{"lora-train", "LORA_INPUT=a b.json"}, []string{"[run][--records][a b.json]", trained}},
		{[]string{"lora-train", "LORA_FOLLOWUP_SAMPLE=f.json", "LORA_BASE_SAMPLE=b.json"}, []string{"[run][--records][b.json][--records][f.json]", trained}},
		{[]string{"lora-train", "LORA_INPUT="}, []string{"[run]", trained}},
		{[]string{"-f", "there.mk", "lora-train"}, []string{"[run][--records][fake]", trained}},
		{[]string{"lora-eval"}, []string{"[eval][--app][http://localhost:8000]"}},
		{[]string{"lora-eval", "API_BASE=http://tutor:1"}, []string{"[eval][--app][http://tutor:1]"}},
	} {
		cmd := exec.Command("make", append([]string{"-C", dir, "--no-print-directory", "-f", "tunegate.mk", "TUNEGATE=./fake"}, test.args...)...)
		cmd.Env = []string{"PATH=" + os.Getenv("PATH")} // not the flags of a make that runs the tests
		out, err := cmd.CombinedOutput()
		got := strings.Split(strings.TrimSpace(string(out)), "\n")
		if err != nil {
			t.Errorf("%v: %v\n%s", test.args, err, out)
		} else if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%v:\n%s", test.args, diff)
		}
	}
}
