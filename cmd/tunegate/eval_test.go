package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/tutor"
	"github.com/tunegate/tunegate/internal/tutor/tutortest"
)

// inProcess runs a command line without the binary.
func inProcess(ctx context.Context, args ...string) (code int, stdout, stderr string) {
	var out, complaints bytes.Buffer
	code = run(ctx, world{
		args: args, stdout: &out, stderr: &complaints,
		clock: time.Now, executable: os.Executable,
	})
	return code, out.String(), complaints.String()
}

func TestEvalOfAnApp(t *testing.T) {
	t.Parallel()
	app := tutortest.Start(t)
	app.Settings["local_llm_model"] = "tutor:v1\n::error::x"
	app.Model = func(prompt string) (float64, time.Duration, bool) { return 0.5, 0, !strings.HasSuffix(prompt, "2") }

	code, out, notes := inProcess(t.Context(), "eval", "--app", app.URL)
	for _, want := range []string{
		"app: " + app.URL + `, version "0.2.0", model "tutor:v1\n::error::x" ("ollama"), multi-agent off`,
		"live answers: at most 10 of 12 (the report does not mark aborted ones), check pass rate 0.5000 (the app reports 0.5331 over all answers)",
		"timeouts: 0, errors: 0", `fallback  0.6986        0  "Explain topic 12"`,
		"- 2 of 12 answers are the app's own text", "0.7778", "0.125",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("without %q:\n%s", want, out)
		}
	}
	if code != 0 || !strings.Contains(notes, "runs Python that the model writes") || strings.Contains(out, "\n::") {
		t.Errorf("exit %d, %s%s", code, out, notes)
	}

	code, out, notes = inProcess(t.Context(), "--json", "-q", "eval", "--app", app.URL+"/", "--label", "v1")
	var e tutor.Evaluation
	if err := json.Unmarshal([]byte(out), &e); err != nil || code != 0 || notes != "" || e.Live != 10 || *e.Answered != 1 || len(e.Report.Results) != 12 || len(e.Caveats) == 0 {
		t.Errorf("exit %d, %v, %s%s", code, err, out, notes)
	}
	if len(app.History) != 1 || app.History[0] != "v1" {
		t.Errorf("the app kept %q", app.History)
	}
}

// TestEvalWithoutALiveAnswer: the report is printed, and nothing was evaluated.
func TestEvalWithoutALiveAnswer(t *testing.T) {
	t.Parallel()
	for name, model := range map[string]func(string) (float64, time.Duration, bool){
		"the app's own text": func(string) (float64, time.Duration, bool) { return 0.5, 0, false },
		"aborted answers":    func(string) (float64, time.Duration, bool) { return 0, 0, true },
	} {
		app := tutortest.Start(t)
		app.Model = model
		for _, args := range [][]string{{"eval", "--app", app.URL}, {"--json", "eval", "--app", app.URL}} {
			code, out, notes := inProcess(t.Context(), args...)
			if code != exitBroke || !strings.Contains(out, "Explain topic 12") || !strings.Contains(notes, "none of the 12 answers came live from the model") {
				t.Errorf("%s, %q: exit %d, %s%s", name, args, code, out, notes)
			}
		}
	}
}

func TestEvalOfNoApp(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--app", "http://127.0.0.1:1"}, exitBroke, "check that the app is running"},
		{[]string{"--app", "127.0.0.1:8000"}, exitUsage, "write it like http://"},
		{[]string{"--app", ""}, exitUsage, "write it like http://"},
		{[]string{"--app", "http://127.0.0.1:1", "--head", "x"}, exitUsage, "leave them out"},
		{[]string{"--label", "x"}, exitUsage, "--label needs --app"},
	} {
		code, out, notes := inProcess(t.Context(), append([]string{"eval"}, test.args...)...)
		if code != test.code || out != "" || !strings.Contains(notes, test.want) {
			t.Errorf("%q: exit %d, %s%s", test.args, code, out, notes)
		}
	}
}

// The app still finishes the report when tunegate is cancelled, with a note.
func TestEvalOfAnAppCancelled(t *testing.T) {
	t.Parallel()
	app := tutortest.Start(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	app.Model = func(string) (float64, time.Duration, bool) {
		cancel(errors.New("enough"))
		return 0.5, 0, true
	}
	code, out, notes := inProcess(ctx, "eval", "--app", app.URL, "--label", "cut")
	if code != exitCancelled || out != "" || !strings.Contains(notes, "the app still finishes the report") {
		t.Errorf("exit %d, %s%s", code, out, notes)
	}
	app.Do(func() {
		if len(app.History) != 1 {
			t.Errorf("the app kept %q", app.History)
		}
	})
}
