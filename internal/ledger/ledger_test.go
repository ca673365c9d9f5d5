package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func entry(action Action, version string) Entry {
	return Entry{
		Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Action: action, Name: "demo", Version: version,
		Tag: "demo-lora-" + version, ModelID: "id-" + version, GGUFSHA256: "sum-" + version, Servers: []string{Private},
	}
}

// write appends steps such as "v1", a promotion, "<v1", a rollback to v1, or "-v1", v1's removal.
func write(t *testing.T, home, steps string) {
	t.Helper()
	for step := range strings.FieldsSeq(steps) {
		action := Promote
		if version, back := strings.CutPrefix(step, "<"); back {
			action, step = Rollback, version
		}
		if version, gone := strings.CutPrefix(step, "-"); gone {
			action, step = Remove, version
		}
		if err := Append(home, entry(action, step)); err != nil {
			t.Fatal(err)
		}
	}
}

func load(t *testing.T, home string) Ledger {
	t.Helper()
	l, err := Load(home)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestStableAndPrevious(t *testing.T) {
	t.Parallel()
	tests := []struct{ steps, stable, previous, versions string }{
		{"", "", "", ""},
		{"v1", "v1", "", "v1"},
		{"v1 v2", "v2", "v1", "v1 v2"},
		{"v1 v2 v3 <v2", "v2", "v1", "v1 v2 v3"},
		{"v1 v2 v3 <v2 <v1", "v1", "", "v1 v2 v3"},
		{"v1 v2 v3 <v1", "v1", "", "v1 v2 v3"},
		{"v1 v2 <v1 v3", "v3", "v1", "v1 v2 v3"},
		{"v1 v2 <v1 v2", "v2", "v1", "v1 v2"},
		{"v1 v2 v2", "v2", "v1", "v1 v2"}, // its servers changed
		{"v1 v2 v3 v1", "v1", "v3", "v1 v2 v3"},
		{"v1 v2 v3 -v1", "v3", "v2", "v1 v2 v3"},
		{"v1 v2 v3 -v1 <v2", "v2", "", "v1 v2 v3"},
		{"<v1", "v1", "", ""}, // the promotion was taken out by hand
	}
	for _, test := range tests {
		home := t.TempDir()
		write(t, home, test.steps)
		l := load(t, home)
		stable, _ := l.Stable("demo")
		previous, _ := l.Previous("demo")
		var versions []string
		for _, e := range l.Versions("demo") {
			versions = append(versions, e.Version)
		}
		if stable.Version != test.stable || previous.Version != test.previous || strings.Join(versions, " ") != test.versions {
			t.Errorf("%q: stable %q, previous %q, versions %v", test.steps, stable.Version, previous.Version, versions)
		}
		if _, found := l.Stable("other"); found || len(l.Versions("other")) > 0 {
			t.Errorf("%q: another name has a stable version", test.steps)
		}
	}
}

// TestSurplus: the stable version and the one before it always stay, then what
// rollbacks walk down to, then what was taken back.
func TestSurplus(t *testing.T) {
	t.Parallel()
	for steps, want := range map[string]struct{ two, three, promoted string }{
		"":                        {"", "", ""},
		"v1 v2":                   {"", "", "v1 v2 v2 v1"},
		"v1 v2 v3":                {"v1", "", "v1 v2 v3 v3 v2"},
		"v1 v2 v3 v4":             {"v2 v1", "v1", "v1 v2 v3 v4 v4 v3"},
		"v1 v2 v3 -v1":            {"", "", "v2 v3 v3 v2"},
		"v1 v2 v3 v4 -v1":         {"v2", "", "v2 v3 v4 v4 v3"},
		"v1 v2 v3 <v1":            {"v2", "", "v1 v2 v3 v1"}, // v3 was taken back later than v2
		"v1 v2 v3 <v2":            {"v3", "", "v1 v2 v3 v2 v1"},
		"v1 v2 v3 <v1 v4 v5":      {"v1 v3 v2", "v3 v2", "v1 v2 v3 v4 v5 v5 v4"},
		"v1 v2 v3 -v1 v4 -v2 <v3": {"", "", "v3 v4 v3"},
	} {
		home := t.TempDir()
		write(t, home, steps)
		l := load(t, home)
		names := func(entries []Entry) string {
			var versions []string
			for _, e := range entries {
				versions = append(versions, e.Version)
			}
			return strings.Join(versions, " ")
		}
		if got := names(l.Surplus("demo", 2)); got != want.two {
			t.Errorf("%s: beyond two %q, want %q", steps, got, want.two)
		}
		if got := names(l.Surplus("demo", 3)); got != want.three {
			t.Errorf("%s: beyond three %q, want %q", steps, got, want.three)
		}
		if got := names(l.Promoted()); got != want.promoted {
			t.Errorf("%s: needed %q, want %q", steps, got, want.promoted)
		}
		for _, entries := range [][]Entry{l.Surplus("demo", 2), l.Surplus("demo", 3)} {
			for _, e := range entries {
				if stable, _ := l.Stable("demo"); e.Version == stable.Version || len(e.Servers) != 1 {
					t.Errorf("%s: %+v", steps, e)
				}
			}
		}
	}
}

func TestEarlier(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	write(t, home, "v1 v2 v3 v4 <v3")
	l := load(t, home)
	for version, want := range map[string]bool{"v1": true, "v2": true, "v3": false, "v4": false, "v5": false} {
		if e, found := l.Earlier("demo", version); found != want || found && e.Version != version {
			t.Errorf("%s: %v", version, found)
		}
	}
}

func TestEntriesComeBack(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	want := entry(Promote, "v1")
	want.Run, want.Lineage, want.Export, want.Register = "20260101-x", "l", "e", "r"
	want.Servers = []string{Private, "http://box:11434"}
	if err := Append(home, want); err != nil {
		t.Fatal(err)
	}
	got, _ := load(t, home).Stable("demo")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	other := entry(Promote, "v1")
	other.Name = "another"
	if err := Append(home, other); err != nil {
		t.Fatal(err)
	}
	if names := load(t, home).Names(); !cmp.Equal(names, []string{"another", "demo"}) {
		t.Errorf("names %v", names)
	}
}

// TestTornLine cuts the ledger at every byte, as a kill in the middle of a write
// does: what was whole stays, also without its line feed, and the next line
// replaces the rest.
func TestTornLine(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	write(t, home, "v1 v2")
	data, err := os.ReadFile(Path(home))
	if err != nil {
		t.Fatal(err)
	}
	first := bytes.IndexByte(data, '\n') + 1
	for length := range len(data) {
		if err := os.WriteFile(Path(home), data[:length], 0o644); err != nil {
			t.Fatal(err)
		}
		want := ""
		switch {
		case length == len(data)-1:
			want = "v2"
		case length >= first-1:
			want = "v1"
		}
		if stable, _ := load(t, home).Stable("demo"); stable.Version != want {
			t.Fatalf("cut at %d: stable %q", length, stable.Version)
		}
		write(t, home, "v3")
		l := load(t, home)
		if stable, _ := l.Stable("demo"); stable.Version != "v3" {
			t.Fatalf("cut at %d and continued: stable %q", length, stable.Version)
		}
		if previous, _ := l.Previous("demo"); previous.Version != want {
			t.Fatalf("cut at %d and continued: previous %q", length, previous.Version)
		}
	}
}

func TestBrokenLinesAreNamed(t *testing.T) {
	t.Parallel()
	good, err := json.Marshal(entry(Promote, "v1"))
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{
		"{":                    "unexpected end",
		"":                     "unexpected end",
		`{"action": "push"}`:   `unknown action "push"`,
		`{"action":"promote"}`: "needs name, version",
		`[]`:                   "cannot unmarshal",
	} {
		home := t.TempDir()
		if err := os.WriteFile(Path(home), []byte(string(good)+"\n"+line+"\n"+string(good)+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := Load(home)
		if err == nil || !strings.Contains(err.Error(), "promotions.jsonl:2: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", line, err)
		}
	}
}

func TestWhatCannotBeReadIsNotWritten(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	if err := Append(home, Entry{Action: Promote, Name: "demo"}); err == nil {
		t.Error("an entry without a version was written")
	}
	if _, err := os.Stat(Path(home)); err == nil {
		t.Error("a file was written")
	}
	if err := Append(filepath.Join(home, "none"), entry(Promote, "v1")); err == nil {
		t.Error("written into a folder that is not there")
	}
	if err := os.Mkdir(Path(home), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(home); err == nil {
		t.Error("a folder was read")
	}
}

func FuzzParse(f *testing.F) {
	good, err := json.Marshal(entry(Rollback, "v1"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(append(good, '\n'))
	f.Add([]byte("{\"action\":\"promote\"}\n{"))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := parse("p", data)
		if err != nil {
			return
		}
		for _, name := range l.Names() {
			if stable, found := l.Stable(name); !found || stable.Version == "" {
				t.Errorf("%q has no stable version", name)
			}
		}
		var again []byte
		for _, e := range l.entries {
			line, err := json.Marshal(e)
			if err != nil {
				return // a year beyond 9999 can be read and not written
			}
			again = append(append(again, line...), '\n')
		}
		if back, err := parse("p", again); err != nil || len(back.entries) != len(l.entries) {
			t.Errorf("what was read cannot be read again: %v", err)
		}
	})
}

func TestWithdraw(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	first, second := entry(Promote, "v1"), entry(Promote, "v2")
	if err := errors.Join(Append(home, first), Append(home, second)); err != nil {
		t.Fatal(err)
	}
	if err := Withdraw(home, first); err == nil {
		t.Error("a line that is not the last was taken back")
	}
	if err := Withdraw(home, second); err != nil {
		t.Fatal(err)
	}
	l, err := Load(home)
	if err != nil {
		t.Fatal(err)
	}
	if stable, _ := l.Stable(first.Name); stable.Version != "v1" {
		t.Errorf("%s is stable", stable.Version)
	}
}
