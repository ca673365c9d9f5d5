package pipeline

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/proc/proctest"
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/store"
)

// shownTag is what the fake server shows of every tag.
const shownTag = `{"modelfile": "FROM /models/blobs/sha256-%s\n", "template": "x"}`

// fakeOllama has one model, whose answers are those of its questions.
func fakeOllama(t *testing.T, answer func(question string, w http.ResponseWriter)) (url string, asked *atomic.Int32) {
	t.Helper()
	asked = new(atomic.Int32)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/show":
			fmt.Fprintf(w, shownTag, strings.Repeat("a", 64))
		case "/api/version":
			fmt.Fprint(w, `{"version": "0.17.4"}`)
		case "/api/ps":
			fmt.Fprint(w, `{"models": []}`)
		case "/api/chat":
			var ask struct {
				Messages []struct{ Role, Content string }
			}
			if err := json.NewDecoder(r.Body).Decode(&ask); err != nil {
				t.Error(err)
			}
			if len(ask.Messages) == 0 { // unload
				fmt.Fprint(w, `{"done": true}`)
				return
			}
			if ask.Messages[0].Role == "system" {
				t.Error("the row's system prompt was sent")
			}
			asked.Add(1)
			answer(ask.Messages[len(ask.Messages)-1].Content, w)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL, asked
}

// says writes a whole answer.
func says(w http.ResponseWriter, text, reason string) {
	fmt.Fprintf(w, `{"message": {"role": "assistant", "content": %q}, "done": true, "done_reason": %q}`+"\n", text, reason)
}

// fakeChecker stands for the maths child: an answer is right that says so.
const fakeChecker = `#!/bin/sh
echo '{"progress": "ready"}' >&3
while read -r line; do
	id=${line#*:}
	verdict=different
	case $line in *'"gold":"bad'*) verdict=bad-gold ;; *right*) verdict=equal ;; esac
	echo "{\"result\": {\"id\": ${id%%,*}, \"verdict\": \"$verdict\"}}" >&3
done
`

// asker is a run with a fake server and checker, about the rows of taughtPlan.
func asker(t *testing.T, checker string, answer func(question string, w http.ResponseWriter)) (*run, *listener, register.Registered, *atomic.Int32) {
	t.Helper()
	r, heard := testRun(t, "")
	url, asked := fakeOllama(t, answer)
	client, err := ollama.Dial(url)
	if err != nil {
		t.Fatal(err)
	}
	shown, err := client.Show(t.Context(), "demo-base")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "checker")
	proctest.WriteFile(t, path, checker)
	r.plan = taughtPlan()
	r.plan.Config = config.Config{Name: "demo", Runner: config.Runner{Ollama: url}, Eval: config.Eval{NumCtx: 512, NumPredict: 64}}
	r.machine.Launcher, r.interpreter = proctest.Launcher(t), &python.Interpreter{Path: path, Home: t.TempDir()}
	r.computes, r.loaded = "cpu", map[string]bool{}
	return r, heard, register.Registered{Tag: "demo-base", ModelID: register.ModelID(shown), GGUF: shown.GGUF}, asked
}

func rightly(_ string, w http.ResponseWriter) { says(w, "right", "stop") }

// TestAlready: what the baseline has right is told, and asked once.
func TestAlready(t *testing.T) {
	t.Parallel()
	r, _, baseline, asked := asker(t, fakeChecker, rightly)
	found := passOver(t, r.plan, taughtRows)
	want := &report.Already{Of: 1, Asked: 1, Right: 1, Rows: []report.Row{
		{File: "d.json", Line: 2, Side: report.Neither, Question: "Differentiate 4x^4.", New: true},
	}}
	for range 2 {
		got, err := r.already(t.Context(), baseline, found)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	if asked.Load() != 1 {
		t.Errorf("asked %d times", asked.Load())
	}
}

// TestAlreadyCounts: a cut answer is a wrong one, a value that is none leaves its
// row out, and without any row to judge there is nothing to tell.
func TestAlreadyCounts(t *testing.T) {
	t.Parallel()
	row := func(id, value string) string {
		return fmt.Sprintf(`{"id":%q,"source":"d.json#1","messages":[{"role":"user","content":%q},{"role":"assistant","content":"$%s$"}],"weight":1}`+"\n", id, id, value)
	}
	r, _, baseline, _ := asker(t, fakeChecker, func(question string, w http.ResponseWriter) {
		says(w, "right", cmp.Or(map[string]string{"cut": "length"}[question], "stop"))
	})
	got, err := r.already(t.Context(), baseline, passOver(t, r.plan, row("1", "4")+row("cut", "5")+row("3", "bad")))
	if err != nil || got.Of != 3 || got.Asked != 2 || got.Right != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := r.already(t.Context(), baseline, passOver(t, r.plan, row("3", "bad"))); got != nil || err != nil {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := r.already(t.Context(), baseline, passOver(t, r.plan, "")); got != nil || err != nil {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestAlreadyKeepsNoAccidents: what went wrong is not known, and asked again.
func TestAlreadyKeepsNoAccidents(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		checker string
		answer  func(string, http.ResponseWriter)
		says    string
	}{
		"a runner that dies": {fakeChecker, func(_ string, w http.ResponseWriter) {
			http.Error(w, `{"error": "model runner has unexpectedly stopped"}`, http.StatusInternalServerError)
		}, "runner"},
		"an answer cut on its way": {fakeChecker, func(_ string, w http.ResponseWriter) {
			fmt.Fprint(w, `{"message": {"role": "assistant", "content": "rig"}}`+"\n")
		}, "aborted"},
		"a checker that can not run": {"#!/bin/sh\nexit 1\n", rightly, "the child does not start"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, _, baseline, _ := asker(t, test.checker, test.answer)
			found := passOver(t, r.plan, taughtRows)
			if got, err := r.already(t.Context(), baseline, found); err == nil || got != nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%+v, %v", got, err)
			}
			if entries, err := r.store.Entries(); err != nil || len(entries) != 0 {
				t.Errorf("kept %v, %v", entries, err)
			}
		})
	}
}

// judging is a run that has its answers, of which one broke.
func judging(t *testing.T, answer func(string, http.ResponseWriter)) (r *run, heard *listener, before, after register.Registered, asked *atomic.Int32) {
	t.Helper()
	r, heard, before, asked = asker(t, fakeChecker, answer)
	after = before
	after.Tag, after.ModelID = "demo:run-1", "after"
	put(t, filepath.Join(r.dir, string(Dataset), "train.jsonl"), taughtRows)
	for id, pass := range map[string]bool{before.ModelID: true, after.ModelID: false} {
		at, _ := r.plan.evalPlace(id, "0.17.4", "cpu")
		draft, err := r.store.Begin(at.kind, at.key)
		if err != nil {
			t.Fatal(err)
		}
		line, err := json.Marshal(eval.Case{
			Suite: "s", Role: "target", Case: "c", Cluster: "c", History: "replayed", ModelID: id, Evidence: eval.Direct, Pass: &pass,
			Turns:   []eval.Turn{{User: "Differentiate 5x^3.", Output: "It is $15x^3$."}},
			Asserts: []eval.AssertResult{{Type: "equals", Result: map[bool]string{true: eval.Pass, false: eval.Fail}[pass], Weight: 1}},
		})
		if err == nil {
			err = os.WriteFile(filepath.Join(draft.Dir, eval.CasesFile), append(line, '\n'), 0o644)
		}
		if err == nil {
			_, err = draft.Commit(store.Result{Options: at.options, Inputs: at.inputs, Value: eval.Summary{Cases: 1}})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return r, heard, before, after, asked
}

// TestTrace: rows and baseline are told of in the report, and what stands in the
// way of that leaves the verdict as it is.
func TestTrace(t *testing.T) {
	t.Parallel()
	r, _, before, after, asked := judging(t, rightly)
	result, err := r.compare(t.Context(), before, after, report.Report{})
	if err != nil || result.Verdict == nil {
		t.Fatal(err)
	}
	about, err := LoadReport(r.dir)
	if err != nil || about.Already == nil || about.Already.Right != 1 || asked.Load() != 1 {
		t.Errorf("%v, %+v, asked %d", err, about.Already, asked.Load())
	}
	if near := about.Nearest["s/c"]; len(near) != 3 || near[0].File != "e.json" {
		t.Errorf("near what broke: %+v", about.Nearest)
	}
}

var errTimeout = errors.New("not done within --max-duration 5h")

// TestTraceEnds: the time that a run has may end in the tracing: the verdict
// stands. Who cancels the run does not want it.
func TestTraceEnds(t *testing.T) {
	t.Parallel()
	for name, cause := range map[string]error{"its time is over": errTimeout, "it is cancelled": context.Canceled} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancelCause(t.Context())
			r, heard, before, after, _ := judging(t, func(_ string, w http.ResponseWriter) {
				cancel(cause)
				says(w, "right", "stop")
			})
			result, err := r.compare(ctx, before, after, report.Report{})
			if cancelled := cause == context.Canceled; (err != nil) != cancelled || (result.Verdict != nil) == cancelled {
				t.Errorf("%v, verdict %+v", err, result.Verdict)
			} else if !cancelled && (result.Verdict.Outcome == gate.Same || !strings.Contains(heard.text(), "is not known: ")) {
				t.Errorf("%v: %s", result.Verdict.Outcome, heard.text())
			}
		})
	}
}
