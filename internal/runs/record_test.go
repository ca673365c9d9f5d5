package runs

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	if _, _, err := Find(home, "", ""); err == nil || !strings.Contains(err.Error(), "this repository has no runs yet") {
		t.Errorf("got %v", err)
	}
	for _, r := range []Record{
		{ID: "20260101-a", Outcome: "pass", Repository: "/here"},
		{ID: "20260102-b", Outcome: "fail", Repository: "/there"},
		{ID: "20260103-c", Repository: "/here"}, // stopped or cancelled
	} {
		dir := filepath.Join(home, "runs", r.ID)
		if err := errors.Join(os.MkdirAll(dir, 0o755), r.Save(dir)); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct{ prefix, repository, id, fails string }{
		{"", "", "20260103-c", ""}, {"", "/there", "20260102-b", ""}, {"", "/here", "20260103-c", ""}, {"", "/nowhere", "", "this repository has no runs yet"},
		{"20260101", "/there", "20260101-a", ""}, {"2026", "", "", "3 run IDs start with"}, {"x", "", "", "no run ID starts with"},
	}
	for _, test := range tests {
		_, record, err := Find(home, test.prefix, test.repository)
		if record.ID != test.id || (err == nil) != (test.fails == "") || err != nil && !strings.Contains(err.Error(), test.fails) {
			t.Errorf("%q: %q, %v", test.prefix, record.ID, err)
		}
	}
}

// TestRecordOfAnotherRun: a record that names another folder is none.
func TestRecordOfAnotherRun(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	for name, text := range map[string]string{"empty": "{}", "up": `{"schema": 1, "id": ".."}`, "copy": `{"schema": 1, "id": "one", "outcome": "pass"}`} {
		put(t, filepath.Join(Folder(home, name), RecordFile), text)
	}
	if records, err := All(home); err != nil || len(records) != 0 {
		t.Errorf("%+v, %v", records, err)
	}
	if _, _, err := Find(home, "copy", ""); err == nil || !strings.Contains(err.Error(), `about run "one"`) {
		t.Errorf("got %v", err)
	}
}
