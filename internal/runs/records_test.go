package runs

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// A run whose record is missing or damaged is left out; one whose record cannot
// be read may name what must stay, so that it stops whoever asks for all.
func TestRunsThatCanNotBeRead(t *testing.T) {
	t.Parallel()
	const whole, empty, torn, other, locked = "20260102-030405.678-00000000", "20260102-030405.678-00000001",
		"20260102-030405.678-00000002", "20260102-030405.678-00000003", "20260102-030405.678-00000004"
	home := t.TempDir()
	put(t, filepath.Join(Folder(home, whole), RecordFile), `{"schema": 1, "id": "`+whole+`", "outcome": "pass"}`)
	put(t, filepath.Join(Folder(home, empty), "logs"), "")
	put(t, filepath.Join(Folder(home, torn), RecordFile), `{"schema": 1, "id": "`)
	put(t, filepath.Join(Folder(home, other), RecordFile), `{"schema": 1, "id": "`+whole+`"}`)
	put(t, filepath.Join(runsFolder(home), "a note"), "")

	records, err := All(home)
	if err != nil || len(records) != 1 || records[0].ID != whole {
		t.Errorf("%+v, %v", records, err)
	}
	unreadable, err := Unreadable(home)
	if err != nil || !slices.Equal(unreadable, []string{empty, torn, other}) {
		t.Errorf("%v, %v", unreadable, err)
	}
	if _, record, err := Find(home, "", ""); err != nil || record.ID != whole {
		t.Errorf("%+v, %v", record, err)
	}

	// A folder in place of the file is an error of reading that root gets too.
	if err := os.MkdirAll(filepath.Join(Folder(home, locked), RecordFile), 0o755); err != nil {
		t.Fatal(err)
	}
	_, runs := All(home)
	_, left := Unreadable(home)
	_, _, latest := Find(home, "", "")
	_, _, one := Find(home, locked, "")
	for _, err := range []error{runs, left, latest, one} {
		if !errors.Is(err, syscall.EISDIR) || !strings.Contains(err.Error(), "(hint: ") {
			t.Errorf("got %v", err)
		}
	}
}
