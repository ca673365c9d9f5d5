package pipeline

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/store"
)

func testRun(t *testing.T, force Stage) (*run, *listener) {
	t.Helper()
	home := t.TempDir()
	progress := &listener{}
	r := &run{
		machine: Machine{Home: home, Clock: func() time.Time { return time.Unix(0, 0) }, Progress: progress},
		options: Options{Force: force}, store: store.Open(filepath.Join(home, "store"), "test"),
		dir: filepath.Join(home, "runs", "one"),
	}
	if err := r.begin(); err != nil {
		t.Fatal(err)
	}
	return r, progress
}

// count makes a work that counts how often it was done, and leaves a file.
func count(done *int, resume bool, failure error) work[int] {
	return work[int]{
		place: place{kind: "train", key: store.Digest("in")}, stage: Train, resume: resume,
		do: func(dir string) (int, error) {
			*done++
			found, _ := os.ReadDir(dir)
			if err := os.WriteFile(filepath.Join(dir, "checkpoint"), nil, 0o644); err != nil {
				return 0, err
			}
			return len(found), failure
		},
	}
}

func TestCachedReuses(t *testing.T) {
	t.Parallel()
	r, progress := testRun(t, "")
	done := 0
	for range 2 {
		if _, value, err := cached(r, count(&done, false, nil)); err != nil || value != 0 {
			t.Fatalf("%d, %v", value, err)
		}
	}
	if done != 1 {
		t.Errorf("done %d times", done)
	}
	if text := strings.Join(progress.lines, "; "); !strings.Contains(text, "train: done") || !strings.Contains(text, "train: reused") {
		t.Errorf("said %q", text)
	}
	if s := r.record.Stages; len(s) != 1 || s[0].State != Reused {
		t.Errorf("recorded %+v", s)
	}
}

func TestCachedForce(t *testing.T) {
	t.Parallel()
	r, _ := testRun(t, Train)
	done := 0
	for range 2 {
		if _, value, err := cached(r, count(&done, true, nil)); err != nil || value != 0 {
			t.Fatalf("a forced stage found %d files (%v)", value, err)
		}
	}
	if done != 2 {
		t.Errorf("done %d times", done)
	}
}

func TestCachedTakesUpOrThrowsAway(t *testing.T) {
	t.Parallel()
	for _, resume := range []bool{true, false} {
		r, _ := testRun(t, "")
		done := 0
		if _, _, err := cached(r, count(&done, resume, errors.New("killed"))); err == nil {
			t.Fatal("no error")
		}
		if s := r.record.Stages; len(s) != 1 || s[0].State != Failed {
			t.Errorf("recorded %+v", s)
		}
		_, found, err := cached(r, count(&done, resume, nil))
		if want := map[bool]int{true: 1, false: 0}[resume]; err != nil || found != want {
			t.Errorf("resume %v: found %d files of the earlier attempt, want %d (%v)", resume, found, want, err)
		}
	}
}

func TestFindRun(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	if _, _, err := FindRun(home, "", ""); err == nil || !strings.Contains(err.Error(), "verdict yet") {
		t.Errorf("got %v", err)
	}
	for _, r := range []Record{
		{ID: "20260101-a", Outcome: "pass", Repository: "/here"},
		{ID: "20260102-b", Outcome: "fail", Repository: "/there"},
		{ID: "20260103-c", Repository: "/here"}, // stopped or cancelled
	} {
		dir := filepath.Join(home, "runs", r.ID)
		if err := errors.Join(os.MkdirAll(dir, 0o755), r.save(dir)); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct{ prefix, repository, id, fails string }{
		{"", "", "20260102-b", ""}, {"", "/here", "20260101-a", ""}, {"", "/nowhere", "", "verdict yet"},
		{"20260101", "/there", "20260101-a", ""}, {"2026", "", "", "3 runs start with"}, {"x", "", "", "no run starts with"},
	}
	for _, test := range tests {
		_, record, err := FindRun(home, test.prefix, test.repository)
		if record.ID != test.id || (err == nil) != (test.fails == "") || err != nil && !strings.Contains(err.Error(), test.fails) {
			t.Errorf("%q: %q, %v", test.prefix, record.ID, err)
		}
	}
}

func TestCopyTreeLeavesOutWeights(t *testing.T) {
	t.Parallel()
	from, to := t.TempDir(), filepath.Join(t.TempDir(), "copy")
	store := t.TempDir()
	for name, size := range map[string]int{"a.json": 10, "model.gguf": 10, "x.safetensors": 10, "large.txt": copyLimit + 1} {
		if err := os.WriteFile(filepath.Join(store, name), make([]byte, size), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(store, filepath.Join(from, "export")); err != nil {
		t.Fatal(err)
	}
	if err := copyTree(from, to); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Join(to, "export"))
	if err != nil || len(entries) != 1 || entries[0].Name() != "a.json" {
		t.Errorf("copied %v, %v", entries, err)
	}
}

// TestRecordOfAnotherRun: a record that names another folder is none.
func TestRecordOfAnotherRun(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	for name, text := range map[string]string{"empty": "{}", "up": `{"id": ".."}`, "copy": `{"id": "one", "outcome": "pass"}`} {
		put(t, filepath.Join(RunFolder(home, name), recordName), text)
	}
	if records, err := Runs(home); err != nil || len(records) != 0 {
		t.Errorf("%+v, %v", records, err)
	}
	if _, _, err := FindRun(home, "copy", ""); err == nil || !strings.Contains(err.Error(), `about run "one"`) {
		t.Errorf("got %v", err)
	}
}

// TestCachedAgain: what is made again stays in the store until the new one is
// there.
func TestCachedAgain(t *testing.T) {
	t.Parallel()
	r, _ := testRun(t, "")
	done := 0
	if _, _, err := cached(r, count(&done, true, nil)); err != nil {
		t.Fatal(err)
	}
	again := count(&done, true, errors.New("no server"))
	again.again = true
	if _, _, err := cached(r, again); err == nil {
		t.Fatal("no error")
	}
	if _, err := r.store.Get(again.kind, again.key); err != nil {
		t.Errorf("the earlier result is gone: %v", err)
	}
	again = count(&done, true, nil)
	again.again = true
	if _, _, err := cached(r, again); err != nil || done != 3 {
		t.Errorf("done %d times (%v)", done, err)
	}
}
