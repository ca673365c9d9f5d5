package promote

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/ledger"
	"github.com/tunegate/tunegate/internal/runs"
)

// TestThereAndBack promotes two models from the private server to a second,
// empty one, and walks back; each command is given twice.
func TestThereAndBack(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	second := l.serve(t.TempDir())
	l.config.Promote.To = []string{second.Client().Base()}
	l.run("one", 1, "", passed())
	l.run("two", 2, "", passed())

	one := l.mustPromote("v1", "one")
	if !one.Changed || one.Stable != "v1" || one.Previous != "" || one.Tag != "demo-lora-v1" || !slices.Equal(one.Servers, []string{ledger.Private, second.Client().Base()}) {
		t.Errorf("promote v1: %+v", one)
	}
	if again := l.mustPromote("v1", "one"); again.Changed || again.Stable != "v1" || again.ModelID != one.ModelID {
		t.Errorf("promote v1 again: %+v", again)
	}
	two := l.mustPromote("v2", "") // the latest run
	if two.Stable != "v2" || two.Previous != "v1" || two.ModelID == one.ModelID {
		t.Errorf("promote v2: %+v", two)
	}
	both := map[string]string{"demo:stable": two.ModelID, "demo-lora-v1": one.ModelID, "demo-lora-v2": two.ModelID}
	l.expectPrivate(both)
	l.expect("second", second.Client(), both)
	l.answers(second.Client(), "demo:stable")

	if late := l.mustPromote("v1", "one"); late.Changed || late.Stable != "v2" || len(late.Notes) == 0 || !strings.Contains(late.Notes[0], "rollback v1") {
		t.Errorf("promote v1 after v2: %+v", late)
	}
	back := l.mustRollback("")
	if back.Stable != "v1" || back.Previous != "" || back.ModelID != one.ModelID || !back.Changed {
		t.Errorf("rollback: %+v", back)
	}
	if named := l.mustRollback("v1"); named.Changed || named.Stable != "v1" {
		t.Errorf("rollback v1 again: %+v", named)
	}
	both["demo:stable"] = one.ModelID
	l.expectPrivate(both)
	l.expect("second", second.Client(), both)
	for version, want := range map[string]string{"": "is the first version", "v2": "promote v2 --run two", "v7": "choose one of v1, v2"} {
		if _, err := Rollback(t.Context(), l.machine, l.config, version); !errors.Is(err, ErrUsage) || !strings.Contains(err.Error(), want) {
			t.Errorf("rollback %q: %v", version, err)
		}
	}
	if forth := l.mustPromote("v2", "two"); forth.Stable != "v2" || forth.Previous != "v1" {
		t.Errorf("promote v2 after the rollback: %+v", forth)
	}
	data, err := os.ReadFile(ledger.Path(l.machine.Home))
	l.must(err)
	if lines := strings.Count(string(data), "\n"); lines != 4 {
		t.Errorf("%d lines in the ledger, want 4:\n%s", lines, data)
	}
}

// TestServersHeal: a server that lost everything gets the same bytes again.
func TestServersHeal(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	second := l.serve(t.TempDir())
	home := l.serve(t.TempDir())
	client := second.Client()
	l.config.Promote.To = []string{client.Base()}
	l.config.Runner.Ollama = home.Client().Base()
	l.run("one", 1, home.Client().Base(), passed())
	l.run("two", 2, home.Client().Base(), passed())
	one, two := l.mustPromote("v1", "one"), l.mustPromote("v2", "two")
	lose := func() {
		t.Helper()
		for _, tag := range []string{"demo:stable", "demo-lora-v1", "demo-lora-v2"} {
			l.must(client.Delete(t.Context(), tag))
		}
	}
	lose()
	if again := l.mustPromote("v2", "two"); !again.Changed || again.Stable != "v2" {
		t.Errorf("promote v2 again: %+v", again)
	}
	l.expect("second", client, map[string]string{"demo:stable": two.ModelID, "demo-lora-v2": two.ModelID, "demo-lora-v1": ""})
	lose()
	l.mustRollback("")
	l.expect("second", client, map[string]string{"demo:stable": one.ModelID, "demo-lora-v1": one.ModelID})
	l.expect("first", home.Client(), map[string]string{"demo:stable": one.ModelID, "demo-lora-v1": one.ModelID})

	// Lost there and gone here: nothing is moved anywhere.
	l.mustPromote("v2", "two")
	l.must(client.Delete(t.Context(), "demo-lora-v1"))
	earlier, _ := l.ledger().Earlier("demo", "v1")
	l.must(os.RemoveAll(filepath.Join(l.machine.Home, "store", "export", string(earlier.Export))))
	if _, err := Rollback(t.Context(), l.machine, l.config, ""); !errors.Is(err, runs.ErrGone) || !strings.Contains(err.Error(), "was not moved on any server") {
		t.Errorf("rollback without bytes: %v", err)
	}
	l.expect("second", client, map[string]string{"demo:stable": two.ModelID})
	l.expect("first", home.Client(), map[string]string{"demo:stable": two.ModelID})
	if stable, _ := l.ledger().Stable("demo"); stable.Version != "v2" {
		t.Errorf("the ledger says %s", stable.Version)
	}
}

// TestMoreServers: a server that is added later gets the stable version by
// another promotion of it, and the ledger knows.
func TestMoreServers(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	first, second := l.serve(t.TempDir()).Client(), l.serve(t.TempDir()).Client()
	l.run("one", 1, first.Base(), passed())
	one := l.mustPromote("v1", "one")
	l.config.Promote.To = []string{second.Base(), first.Base()}
	more := l.mustPromote("v1", "one")
	if !more.Changed || !slices.Equal(more.Servers, []string{first.Base(), second.Base()}) {
		t.Errorf("%+v", more)
	}
	l.expect("second", second, map[string]string{"demo:stable": one.ModelID})
	stable, _ := l.ledger().Stable("demo")
	if _, before := l.ledger().Previous("demo"); before || !slices.Equal(stable.Servers, more.Servers) {
		t.Errorf("the ledger says %+v", stable)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	failed := gate.Verdict{Schema: 1, Outcome: gate.Fail, Rules: []gate.Rule{
		{Rule: gate.NoHarm, Suite: "a", Outcome: gate.Pass, Why: "fine"},
		{Rule: gate.NoHarm, Suite: "symbolic", Outcome: gate.Fail, Why: "26 of 52 cases regressed"},
	}}
	l.run("bad", 1, "", failed)
	l.run("good", 2, "", passed())
	unchanged := gate.Unchanged("", gate.Policy{})
	l.run("same", 3, "", unchanged)
	l.run("never", 4, "", gate.Verdict{Schema: 1})
	tests := map[string]struct {
		version, run string
		kind         error
		want         string
	}{
		"verdict":        {"v1", "bad", ErrVerdict, "its verdict is fail: merge.no_harm symbolic: 26 of 52 cases regressed (hint: `tunegate list`"},
		"unchanged":      {"v1", "same", ErrVerdict, "its verdict is unchanged"},
		"no verdict":     {"v1", "never", ErrUsage, "has no verdict"},
		"no such run":    {"v1", "none", ErrUsage, `no run ID starts with "none"`},
		"empty":          {"", "good", ErrUsage, "is not a version"},
		"slash":          {"../v1", "good", ErrUsage, "is not a version"},
		"colon":          {"v1:x", "good", ErrUsage, "is not a version"},
		"dash":           {"-v1", "good", ErrUsage, "is not a version"},
		"too long":       {strings.Repeat("v", 41), "good", ErrUsage, "is not a version"},
		"newline":        {"v1\n", "good", ErrUsage, "is not a version"},
		"another script": {"v١", "good", ErrUsage, "is not a version"},
	}
	for name, test := range tests {
		_, err := l.promote(test.version, test.run)
		if !errors.Is(err, test.kind) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	l.config.Name = "other"
	if _, err := l.promote("v1", "good"); !errors.Is(err, ErrUsage) || !strings.Contains(err.Error(), "made a model of \"demo\"") {
		t.Errorf("another name's run: %v", err)
	}
	l.config.Name = strings.Repeat("n", 60)
	if _, err := l.promote(strings.Repeat("v", 20), "good"); !errors.Is(err, ErrUsage) || !strings.Contains(err.Error(), "86 characters") {
		t.Errorf("long tag: %v", err)
	}
	if _, err := Rollback(t.Context(), l.machine, l.config, ""); !errors.Is(err, ErrUsage) || !strings.Contains(err.Error(), "nothing to roll back") {
		t.Errorf("rollback of nothing: %v", err)
	}
	if _, err := os.Stat(ledger.Path(l.machine.Home)); err == nil {
		t.Error("the ledger was written")
	}
}

// TestTakenVersions: a promoted version is never another model's.
func TestTakenVersions(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.run("one", 1, "", passed())
	l.run("two", 2, "", passed())
	for _, version := range []string{"v9", "1.0", "beta", "v11"} {
		l.must(ledger.Append(l.machine.Home, ledger.Entry{
			Action: ledger.Promote, Name: "demo", Version: version, Tag: "demo-lora-" + version, ModelID: "other", GGUFSHA256: "x", Run: "old",
		}))
	}
	for version, want := range map[string]string{
		"v9": "promote v10 --run two", "V9": "servers do not distinguish it from V9", "1.0": "promote 1.1", "beta": "promote beta-2",
	} {
		if _, err := l.promote(version, "two"); !errors.Is(err, ErrUsage) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", version, err)
		}
	}
	if next := nextVersion(l.ledger().Versions("demo"), "v10"); next != "v12" {
		t.Errorf("after v10 with v11 taken comes %s", next)
	}
}

func TestOutdated(t *testing.T) {
	t.Parallel()
	stable := ledger.Entry{ModelID: "stable"}
	for v, want := range map[[2]string]bool{
		{"new", "before"}: true, {"new", "stable"}: false, {"stable", "before"}: false, {"new", ""}: false,
	} {
		if got := outdated(gate.Verdict{ModelID: v[0], BaselineModelID: v[1]}, stable); got != want {
			t.Errorf("%v: %v", v, got)
		}
	}
}

// TestMissingBytes: what is not there as it was tested is not promoted.
func TestMissingBytes(t *testing.T) {
	t.Parallel()
	tests := map[string]func(l *lab, export string){
		"export gone":  func(l *lab, export string) { l.must(os.RemoveAll(export)) },
		"GGUF gone":    func(l *lab, export string) { l.must(os.Remove(filepath.Join(export, "model.gguf"))) },
		"GGUF changed": changeByte,
		"settings gone": func(l *lab, _ string) {
			l.must(os.RemoveAll(filepath.Join(l.machine.Home, "store", "register")))
		},
		"another model": func(l *lab, _ string) {
			v := passed()
			v.ModelID = strings.Repeat("0", 64)
			l.must(v.Save(filepath.Join(runs.Folder(l.machine.Home, "one"), "gate", "verdict.json")))
		},
	}
	for name, lose := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			record := l.run("one", 1, "", passed())
			lose(l, filepath.Join(l.machine.Home, "store", "export", string(record.Stages[0].Key)))
			_, err := l.promote("v1", "one")
			if !errors.Is(err, runs.ErrGone) || !strings.Contains(err.Error(), "hint: run `tunegate run --base b --head h`") {
				t.Errorf("got %v", err)
			}
			if _, err := os.Stat(ledger.Path(l.machine.Home)); err == nil {
				t.Error("the ledger was written")
			}
		})
	}
}

// changeByte flips a bit of the GGUF and leaves size and time as they were.
func changeByte(l *lab, export string) {
	path := filepath.Join(export, "model.gguf")
	info, err := os.Stat(path)
	l.must(err)
	data, err := os.ReadFile(path)
	l.must(err)
	data[len(data)/2] ^= 1
	l.must(os.WriteFile(path, data, 0o644))
	l.must(os.Chtimes(path, info.ModTime(), info.ModTime()))
}
