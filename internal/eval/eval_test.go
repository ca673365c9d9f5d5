package eval

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/assertion"
	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/suite"
)

// fakeServer answers with the text that its questions ask for, and remembers
// what it was asked.
type fakeServer struct {
	asked []engine.Ask
	fail  int // the question, from 1, at which it breaks; 0: never
}

func (s *fakeServer) Chat(_ context.Context, ask engine.Ask) (engine.Answer, error) {
	s.asked = append(s.asked, ask)
	if s.fail == len(s.asked) {
		return engine.Answer{}, errors.New("connection refused")
	}
	question := ask.Messages[len(ask.Messages)-1].Content
	reply := engine.Answer{Text: question, DoneReason: "stop", Done: true, InputTokens: 3, OutputTokens: 2, Duration: time.Second}
	switch question {
	case "ramble":
		reply.DoneReason = "length"
	case "abort":
		reply.Done, reply.DoneReason = false, engine.Aborted
	case "silence":
		reply.Text = " \n"
	case "long":
		return engine.Answer{}, fmt.Errorf("chat: %w", engine.ErrTooLong)
	}
	return reply, nil
}

func suiteOf(histories []suite.History, cases ...suite.Case) suite.Suite {
	return suite.Suite{Name: "s", Role: suite.Target, History: histories, Cases: cases}
}

func oneTurn(id, question string) suite.Case {
	return suite.Case{ID: id, Cluster: id, Turns: []suite.Turn{
		{User: question, Asserts: []assertion.Assert{{Type: assertion.Equals, Values: []string{"4"}, Weight: 1}}},
	}}
}

func evaluation(server engine.Chatter, suites ...suite.Suite) Evaluation {
	return Evaluation{
		Options: Options{Seed: 7, NumCtx: 512, NumPredict: 64}, Model: Model{Tag: "demo:x", ModelID: "abc"},
		Suites: suites, Server: server, Maths: fakeMaths{},
		Clock: func() time.Time { return time.Unix(0, 0) }, Report: func(Progress) {},
	}
}

func run(t *testing.T, e Evaluation, dir string) []Case {
	t.Helper()
	if _, err := e.Run(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	cases, err := LoadCases(filepath.Join(dir, CasesFile))
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

func TestRunTellsEvidence(t *testing.T) {
	t.Parallel()
	s := suiteOf([]suite.History{suite.Replayed}, oneTurn("right", "4"), oneTurn("wrong", "5"), oneTurn("cut", "ramble"),
		oneTurn("aborted", "abort"), oneTurn("empty", "silence"), oneTurn("too-long", "long"))
	var got []string
	for _, c := range run(t, evaluation(&fakeServer{}, s), t.TempDir()) {
		pass := "null"
		if c.Pass != nil {
			pass = fmt.Sprint(*c.Pass)
		}
		got = append(got, fmt.Sprintf("%s %s %s %s", c.Case, c.Evidence, pass, c.Why))
	}
	want := []string{
		"right direct true ", "wrong direct false ",
		"cut none null the answer was cut at num_predict or num_ctx",
		"aborted none null the answer was aborted",
		"empty none null the answer is empty",
		"too-long none null the conversation is longer than num_ctx",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestHistories(t *testing.T) {
	t.Parallel()
	two := suite.Case{ID: "c", Cluster: "c", Turns: []suite.Turn{
		{User: "first", Assistant: "the suite's answer"},
		{User: "second", Asserts: []assertion.Assert{{Type: assertion.Equals, Values: []string{"second"}, Weight: 1}}},
	}}
	server := &fakeServer{}
	cases := run(t, evaluation(server, suiteOf([]suite.History{suite.Replayed, suite.Own}, two, oneTurn("single", "4"))), t.TempDir())
	var histories []string
	for _, c := range cases {
		histories = append(histories, c.Case+" "+c.History)
	}
	if got := strings.Join(histories, ", "); got != "c replayed, c own, single replayed" {
		t.Errorf("rows: %s", got)
	}
	if len(server.asked) != 4 {
		t.Fatalf("%d questions", len(server.asked))
	}
	heard := func(ask engine.Ask) string { return ask.Messages[1].Content }
	if got := heard(server.asked[0]); got != "the suite's answer" {
		t.Errorf("replayed history shows %q", got)
	}
	if got := heard(server.asked[2]); got != "first" {
		t.Errorf("own history shows %q", got)
	}
	if role := server.asked[0].Messages[0].Role; role != chat.User {
		t.Errorf("the first message is the %s's: the tag's own system prompt must hold", role)
	}
}

func TestRequestOptions(t *testing.T) {
	t.Parallel()
	s := suiteOf([]suite.History{suite.Replayed}, oneTurn("a", "4"), oneTurn("b", "4"))
	first, second := &fakeServer{}, &fakeServer{}
	run(t, evaluation(first, s), t.TempDir())
	run(t, evaluation(second, s), t.TempDir())
	for i := range first.asked {
		options := first.asked[i].Options
		if len(options) != 3 || options["num_ctx"] != 512 || options["num_predict"] != 64 {
			t.Errorf("options %v", options)
		}
		if diff := cmp.Diff(options, second.asked[i].Options); diff != "" {
			t.Errorf("another run asks otherwise:\n%s", diff)
		}
	}
	if first.asked[0].Options["seed"] == first.asked[1].Options["seed"] {
		t.Error("two cases share a seed")
	}
}

func TestResume(t *testing.T) {
	t.Parallel()
	s := suiteOf([]suite.History{suite.Replayed}, oneTurn("a", "4"), oneTurn("b", "5"), oneTurn("c", "4"))
	dir := t.TempDir()
	whole := run(t, evaluation(&fakeServer{}, s), t.TempDir())

	if _, err := evaluation(&fakeServer{fail: 3}, s).Run(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "s/c: connection refused") {
		t.Fatalf("got %v", err)
	}
	path := filepath.Join(dir, CasesFile)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(data, `{"suite":"s","case":"c`...), 0o644); err != nil {
		t.Fatal(err)
	}
	server := &fakeServer{}
	if diff := cmp.Diff(whole, run(t, evaluation(server, s), dir)); diff != "" {
		t.Errorf("resumed:\n%s", diff)
	}
	if len(server.asked) != 1 {
		t.Errorf("%d questions were asked again", len(server.asked))
	}
}

func TestSummary(t *testing.T) {
	t.Parallel()
	s := suiteOf([]suite.History{suite.Replayed}, oneTurn("a", "4"), oneTurn("b", "ramble"))
	summary, err := evaluation(&fakeServer{}, s).Run(t.Context(), t.TempDir())
	want := Summary{Cases: 2, Passed: 1, None: map[string]int{"the answer was cut at num_predict or num_ctx": 1}}
	if diff := cmp.Diff(want, summary); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

// flakyServer cuts the first answers off, or has its runner die in them.
type flakyServer struct {
	fakeServer
	cut, die int
}

func (s *flakyServer) Chat(ctx context.Context, ask engine.Ask) (engine.Answer, error) {
	reply, err := s.fakeServer.Chat(ctx, ask)
	if len(s.asked) <= s.die {
		return engine.Answer{Text: "hal"}, fmt.Errorf("chat: %w (look for a lack of memory)", engine.ErrRunner)
	}
	if len(s.asked) <= s.cut {
		reply.Done, reply.DoneReason = false, engine.Aborted
	}
	return reply, err
}

func TestCutAnswersAreAskedAgain(t *testing.T) {
	t.Parallel()
	s := suiteOf([]suite.History{suite.Replayed}, oneTurn("a", "4"))
	for cut, want := range map[int]string{2: Direct, 3: None} {
		cases := run(t, evaluation(&flakyServer{cut: cut}, s), t.TempDir())
		if got := cases[0].Evidence; got != want {
			t.Errorf("cut %d times: evidence %s, want %s", cut, got, want)
		}
	}
}

func TestARunnerThatDiesIsAskedAgain(t *testing.T) {
	t.Parallel()
	s := suiteOf([]suite.History{suite.Replayed}, oneTurn("a", "4"))
	cases := run(t, evaluation(&flakyServer{die: 2}, s), t.TempDir())
	if got := cases[0]; got.Evidence != Direct || got.Turns[0].Output != "4" {
		t.Errorf("%+v", got)
	}
	server := &flakyServer{die: 3}
	dir := t.TempDir()
	if _, err := evaluation(server, s).Run(t.Context(), dir); !errors.Is(err, engine.ErrRunner) || len(server.asked) != attempts {
		t.Errorf("%v after %d questions", err, len(server.asked))
	}
	if kept, err := LoadCases(filepath.Join(dir, CasesFile)); err != nil || len(kept) > 0 {
		t.Errorf("kept %v, %v", kept, err)
	}
}

// Answers are kept only after what they came from was looked at.
func TestStill(t *testing.T) {
	t.Parallel()
	looked, changed := 0, errors.New("another model")
	e := evaluation(&fakeServer{}, suiteOf([]suite.History{suite.Replayed}, oneTurn("a", "4"), oneTurn("b", "4"), oneTurn("c", "4")))
	e.Still = func(context.Context) error {
		if looked++; looked > 1 {
			return changed
		}
		return nil
	}
	dir := t.TempDir()
	if _, err := e.Run(t.Context(), dir); !errors.Is(err, changed) {
		t.Errorf("%v", err)
	}
	if kept, err := LoadCases(filepath.Join(dir, CasesFile)); err != nil || len(kept) != 1 {
		t.Errorf("%d cases are kept, %v", len(kept), err)
	}
}
