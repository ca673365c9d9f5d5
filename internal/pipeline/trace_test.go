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

	"github.com/tunegate/tunegate/internal/attribution"
	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/machine/machinetest"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/place"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/proc/proctest"
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/steps"
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
		case "/api/tags":
			fmt.Fprint(w, `{"models": [{"name": "demo-base:latest", "digest": "d"}]}`)
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

const (
	taughtRows = `{"id":"1","source":"d.json#1","messages":[{"role":"system","content":"s"},{"role":"user","content":"Differentiate 4x^4."},{"role":"assistant","content":"It is $16x^4$."}],"weight":1}
{"id":"2","source":"e.json#1","messages":[{"role":"user","content":"Differentiate 5x^3."},{"role":"assistant","content":"It is $15x^3$."}],"weight":1}
`
	taughtPlaces = `{"id":"1","source":"d.json#1","file":"d.json","line":2,"pointer":"/0","new":true}
{"id":"2","source":"e.json#1","file":"e.json","line":1,"pointer":"/0","new":false}
`
)

// taught is a plan whose files are those of the base: the places say what is new.
func taught() *plan.Plan {
	files := []repo.File{{Path: "d.json", Blob: "d"}, {Path: "e.json", Blob: "e"}}
	return &plan.Plan{Base: files, Head: files}
}

// asker is a run with a fake server and checker, about the rows of taught.
func asker(t *testing.T, checker string, answer func(question string, w http.ResponseWriter)) (*run, *machinetest.Listener, register.Registered, *atomic.Int32) {
	t.Helper()
	m, heard := machinetest.New(t)
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
	p := taught()
	p.Config = config.Config{Name: "demo", Runner: config.Runner{Ollama: url}, Eval: config.Eval{NumCtx: 512, NumPredict: 64}}
	m.Interpreter = &python.Interpreter{Path: path, Home: t.TempDir()}
	r := &run{machine: m, plan: p, dir: filepath.Join(m.Home, "runs", "one"), record: &runs.Record{}}
	if err := r.open(); err != nil {
		t.Fatal(err)
	}
	r.steps = steps.Judge(r.machine, p, steps.Options{Logs: r.logs()})
	return r, heard, register.Registered{Tag: "demo-base", ModelID: register.ModelID(shown), GGUF: shown.GGUF}, asked
}

func rightly(_ string, w http.ResponseWriter) { says(w, "right", "stop") }

// reads takes over rows and their places as the dataset stage left them.
func (r *run) reads(t *testing.T, rows, places string) *attribution.Rows {
	t.Helper()
	dir := filepath.Join(r.dir, string(step.Dataset))
	if err := errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(filepath.Join(dir, "train.jsonl"), []byte(rows), 0o644),
		os.WriteFile(filepath.Join(dir, "rows.jsonl"), []byte(places), 0o644)); err != nil {
		t.Fatal(err)
	}
	known, err := place.Load(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	read, err := attribution.Read(t.Context(), filepath.Join(dir, "train.jsonl"), known, r.plan.Side, nil)
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// take makes a registration the step's.
func take(t *testing.T, s *step.Of[register.Registered], value register.Registered) {
	t.Helper()
	data, err := json.Marshal(value)
	if err == nil {
		err = s.Take(store.Entry{Manifest: store.Manifest{Value: data}})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// known asks the baseline the new rows.
func (r *run) known(t *testing.T, baseline register.Registered, rows *attribution.Rows) (*report.BaselineProbe, error) {
	t.Helper()
	take(t, r.steps.Baseline, baseline)
	if len(rows.Sample()) == 0 {
		return nil, nil
	}
	probe := r.steps.Probe(rows)
	err := probe.Run(t.Context(), step.Executor{Store: r.machine.Store(), Clock: r.machine.Clock, Watch: unseen{r.recorder}})
	return rows.BaselineProbe(probe.Value()), err
}

// TestProbe: what the baseline has right is told, and asked once.
func TestProbe(t *testing.T) {
	t.Parallel()
	r, _, baseline, asked := asker(t, fakeChecker, rightly)
	rows := r.reads(t, taughtRows, taughtPlaces)
	want := &report.BaselineProbe{Eligible: 1, Asked: 1, Correct: 1, Rows: []report.Row{
		{File: "d.json", Line: 2, Side: report.BaseSide, Question: "Differentiate 4x^4.", New: true},
	}}
	for range 2 {
		got, err := r.known(t, baseline, rows)
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

// TestProbeCounts: a cut answer is a wrong one, a value that is none leaves its
// row out, and without any row to judge there is nothing to tell.
func TestProbeCounts(t *testing.T) {
	t.Parallel()
	row := func(id, value string) string {
		return fmt.Sprintf(`{"id":%q,"source":"d.json#1","messages":[{"role":"user","content":%q},{"role":"assistant","content":"$%s$"}],"weight":1}`+"\n", id, id, value)
	}
	r, _, baseline, _ := asker(t, fakeChecker, func(question string, w http.ResponseWriter) {
		says(w, "right", cmp.Or(map[string]string{"cut": "length"}[question], "stop"))
	})
	got, err := r.known(t, baseline, r.reads(t, row("1", "4")+row("cut", "5")+row("3", "bad"), taughtPlaces))
	if err != nil || got.Eligible != 3 || got.Asked != 2 || got.Correct != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	for _, rows := range []string{row("3", "bad"), ""} {
		if got, err := r.known(t, baseline, r.reads(t, rows, taughtPlaces)); got != nil || err != nil {
			t.Errorf("%+v, %v", got, err)
		}
	}
}

// TestProbeKeepsNoAccidents: what went wrong is not known, and asked again.
func TestProbeKeepsNoAccidents(t *testing.T) {
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
		"a checker that cannot run": {"#!/bin/sh\nexit 1\n", rightly, "the child process did not start"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, _, baseline, _ := asker(t, test.checker, test.answer)
			if got, err := r.known(t, baseline, r.reads(t, taughtRows, taughtPlaces)); err == nil || got != nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%+v, %v", got, err)
			}
			if entries, err := r.machine.Store().Entries(); err != nil || len(entries) != 0 {
				t.Errorf("kept %v, %v", entries, err)
			}
		})
	}
}

// judging is a run that has its answers, of which one broke.
func judging(t *testing.T, answer func(string, http.ResponseWriter)) (r *run, heard *machinetest.Listener, asked *atomic.Int32) {
	t.Helper()
	r, heard, before, asked := asker(t, fakeChecker, answer)
	after := before
	after.Tag, after.ModelID = "demo:run-1", "after"
	r.reads(t, taughtRows, taughtPlaces)
	for id, pass := range map[string]bool{before.ModelID: true, after.ModelID: false} {
		at := r.plan.EvalSlot(id, "0.17.4", "cpu")
		draft, err := r.machine.Store().Begin(at.Stage, at.Key)
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
			_, err = draft.Commit(store.Result{Options: at.Options, Inputs: at.Inputs, Value: eval.Summary{Cases: 1}})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	take(t, r.steps.Baseline, before)
	take(t, r.steps.Registered, after)
	return r, heard, asked
}

// compare takes the answers that are kept, and concludes.
func (r *run) compare(ctx context.Context) (Result, error) {
	if err := r.each(ctx, []step.Step{r.steps.BaselineAnswers, r.steps.CandidateAnswers}); err != nil {
		return Result{}, err
	}
	return r.decide(ctx, outcome{steps: r.steps})
}

// TestTrace: rows and baseline are told of in the report, and what stands in the
// way of that leaves the verdict as it is.
func TestTrace(t *testing.T) {
	t.Parallel()
	r, _, asked := judging(t, rightly)
	result, err := r.compare(t.Context())
	if err != nil || result.Verdict == nil {
		t.Fatal(err)
	}
	if r.record.Server != "0.17.4" {
		t.Errorf("asked was server %q", r.record.Server)
	}
	if cases, err := eval.LoadCases(filepath.Join(r.dir, string(step.Eval), eval.CasesFile)); err != nil || len(cases) != 2 {
		t.Errorf("the run's graded cases: %+v, %v", cases, err)
	}
	about, err := LoadReport(r.dir)
	if err != nil || about.BaselineProbe == nil || about.BaselineProbe.Correct != 1 || asked.Load() != 1 {
		t.Errorf("%v, %+v, asked %d", err, about.BaselineProbe, asked.Load())
	}
	if near := about.Nearest["s/c"]; len(near) != 2 || near[0].File != "e.json" {
		t.Errorf("near what regressed: %+v", about.Nearest)
	}
}

var errTimeout = errors.New("did not finish within --max-duration 5h")

// TestTraceEnds: the time that a run has may end in the tracing: the verdict
// stands. Who cancels the run does not want it.
func TestTraceEnds(t *testing.T) {
	t.Parallel()
	for name, cause := range map[string]error{"its time is over": errTimeout, "it is cancelled": context.Canceled} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancelCause(t.Context())
			r, heard, _ := judging(t, func(_ string, w http.ResponseWriter) {
				cancel(cause)
				says(w, "right", "stop")
			})
			result, err := r.compare(ctx)
			if cancelled := cause == context.Canceled; (err != nil) != cancelled || (result.Verdict != nil) == cancelled {
				t.Errorf("%v, verdict %+v", err, result.Verdict)
			} else if !cancelled && (result.Verdict.Outcome == gate.Same || !strings.Contains(heard.Text(), "could not attribute failures to rows: ")) {
				t.Errorf("%v: %s", result.Verdict.Outcome, heard.Text())
			}
		})
	}
}
