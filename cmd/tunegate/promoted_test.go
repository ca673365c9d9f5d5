package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/pipeline"
	"github.com/tunegate/tunegate/internal/promote"
	"github.com/tunegate/tunegate/internal/register"
)

// testPromoted: in a copy of the lab the judged model becomes stable, here and on
// a second, empty server; the next run is compared with it; and it is taken back.
func testPromoted(t *testing.T, l lab, improve pipeline.Result) {
	l = l.copy(t)
	second := serve(t, l, t.TempDir()).Client()
	l.configure(fmt.Sprintf("promote: {to: [{ollama: %q}]}\n", second.Base()))

	var one promote.Result
	l.result(&one, "promote", "v1", "--run", improve.Record.ID)
	if one.Stable != "v1" || one.ModelID != improve.Verdict.ModelID || !one.Changed {
		t.Errorf("promote: %+v", one)
	}
	for _, tag := range []string{"euclid-demo:stable", "euclid-demo-lora-v1"} {
		shown, err := second.Show(t.Context(), tag)
		if err != nil || register.ModelID(shown) != improve.Verdict.ModelID {
			t.Errorf("%s on the second server: %+v, %v", tag, shown, err)
		}
	}
	var listing promote.Listing
	l.result(&listing, "list")
	if len(listing.Versions) != 1 || listing.Versions[0].State != promote.Stable || !listing.Versions[0].Held || len(listing.Notes) > 0 {
		t.Errorf("list: %+v", listing)
	}

	again, code := l.judge("improve")
	if code != 0 || again.Verdict.BaselineModelID != improve.Verdict.ModelID || again.Verdict.Promotable {
		t.Errorf("against itself as stable: exit %d, %+v", code, again.Verdict)
	}
	refused := l.command("promote", "v2", "--run", again.Record.ID)
	said := newWatcher("")
	refused.Stderr = said
	if err := refused.Run(); refused.ProcessState.ExitCode() != exitFail || !strings.Contains(said.String(), "promote.gain") {
		t.Errorf("promoted without a gain: %v: %s", err, said)
	}

	l.result(&one, "promote", "v2", "--run", improve.Record.ID)
	if out, err := l.command("rollback").Output(); err != nil || !strings.HasPrefix(string(out), "euclid-demo:stable is v1 now\n") {
		t.Errorf("rollback: %v: %s", err, out)
	}
	back := l.command("rollback")
	if err := back.Run(); back.ProcessState.ExitCode() != exitUsage {
		t.Errorf("rollback with nothing before: %v", err)
	}
	if out, err := l.command("list").Output(); err != nil || !strings.Contains(string(out), "euclid-demo-lora-v1  stable") {
		t.Errorf("list: %v: %s", err, out)
	}
}

// copy is a lab of its own with all that this one has.
func (l lab) copy(t *testing.T) lab {
	t.Helper()
	dir := t.TempDir()
	copied := l
	copied.TB, copied.home, copied.repo = t, filepath.Join(dir, "home"), filepath.Join(dir, "repo")
	for from, to := range map[string]string{l.home: copied.home, l.repo: copied.repo} {
		if out, err := exec.Command("cp", "-a", from, to).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	return copied
}

// configure adds lines to the config of the default branch.
func (l lab) configure(lines string) {
	l.Helper()
	file, err := os.OpenFile(filepath.Join(l.repo, "tunegate.yaml"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		l.Fatal(err)
	}
	if _, err := file.WriteString(lines); err != nil {
		l.Fatal(err)
	}
	if err := file.Close(); err != nil {
		l.Fatal(err)
	}
	commit := exec.Command("git", "-C", l.repo, "-c", "user.name=a", "-c", "user.email=a@localhost", "commit", "-qam", "config")
	if out, err := commit.CombinedOutput(); err != nil {
		l.Fatalf("%v\n%s", err, out)
	}
}

// result runs a command and decodes what it prints with --json.
func (l lab) result(v any, args ...string) {
	l.Helper()
	out, err := l.command(append([]string{"--json"}, args...)...).Output()
	if err == nil {
		err = json.Unmarshal(out, v)
	}
	if err != nil {
		l.Fatalf("tunegate %s: %v: %s", strings.Join(args, " "), err, out)
	}
}
