package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/export"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/pipeline"
	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
)

// TestDemo takes the demo's changes from raw records to verdicts, with the real
// trainer and the real server, and then disturbs it.
func TestDemo(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	improve, code := l.judge("improve")
	if code != 0 || improve.Verdict.Outcome != gate.Pass || !improve.Verdict.Promotable {
		t.Fatalf("improve: exit %d, verdict %+v", code, improve.Verdict)
	}
	if gain := rule(t, *improve.Verdict, gate.PromoteGain, "followup"); gain.Outcome != gate.Pass || gain.P >= 0.05 || gain.Delta < 0.3 {
		t.Errorf("improve gained %+v", gain)
	}
	closed(t, l.home)
	t.Run("repeat", func(t *testing.T) { testRepeat(t, l) })
	t.Run("style", func(t *testing.T) { testStyle(t, improve) })
	t.Run("served", func(t *testing.T) { testServed(t, l, improve) })
	t.Run("workflows", func(t *testing.T) { testWorkflows(t, l, improve) })
	t.Run("promoted", func(t *testing.T) { testPromoted(t, l, improve) })
	t.Run("released", func(t *testing.T) { testReleased(t, l, improve) })
	t.Run("shared", func(t *testing.T) { testShared(t, l) })
	t.Run("killed", func(t *testing.T) { testKilled(t, improve) })
}

func rule(t testing.TB, v gate.Verdict, name, suite string) gate.Rule {
	t.Helper()
	for _, r := range v.Rules {
		if r.Rule == name && r.Suite == suite {
			return r
		}
	}
	t.Fatalf("no rule %s for %s in %+v", name, suite, v.Rules)
	return gate.Rule{}
}

// testRepeat: a dry run foresees that everything is kept, and an unchanged run
// reuses it and starts no server.
func testRepeat(t *testing.T, l lab) {
	out, err := l.command("--json", "run", "--base", "main", "--head", "improve", "--dry-run").Output()
	if err != nil {
		t.Fatal(err)
	}
	var foreseen report.Forecast
	if err := json.Unmarshal(out, &foreseen); err != nil {
		t.Fatal(err)
	}
	if len(foreseen.Stages) < len(step.Stages())-2 {
		t.Errorf("foreseen are only %+v", foreseen.Stages)
	}
	for _, stage := range foreseen.Stages {
		if stage.State != report.Kept {
			t.Errorf("%s is foreseen as %s", stage.Name, stage.State)
		}
	}
	again, code := l.judge("improve")
	if code != 0 {
		t.Fatalf("exit %d", code)
	}
	for _, stage := range again.Record.Stages {
		if stage.State != step.Reused {
			t.Errorf("%s was %s", stage.Stage, stage.State)
		}
	}
	if _, err := os.Stat(filepath.Join(again.Dir, "logs", "ollama.log")); err == nil {
		t.Error("a server was started")
	}
}

// testStyle: the served candidate answers step by step, as the rows do.
func testStyle(t *testing.T, improve pipeline.Result) {
	cases, err := eval.LoadCases(filepath.Join(improve.Dir, "eval", eval.CasesFile))
	if err != nil {
		t.Fatal(err)
	}
	styled, asked := 0, 0
	for _, c := range cases {
		if c.Suite == "followup" && c.Model == eval.Candidate {
			asked++
			if strings.Contains(c.Turns[len(c.Turns)-1].Output, "Step 1:") {
				styled++
			}
		}
	}
	if asked == 0 || styled < asked*4/5 {
		t.Errorf("%d of %d answers have the trained style", styled, asked)
	}
}

// testServed: the tag names the proved GGUF, and answers as the oracle does.
func testServed(t *testing.T, l lab, improve pipeline.Result) {
	ctx := context.Background()
	var proof export.Proof
	readJSON(t, filepath.Join(improve.Dir, "export", "proof.json"), &proof)
	server := serve(t, l, machine.OllamaHome(l.home))
	shown, err := server.Client().Show(ctx, improve.Record.Candidate)
	if err != nil {
		t.Fatal(err)
	}
	if shown.GGUF != proof.GGUFSHA256 {
		t.Fatalf("%s serves %s, proof.json says %s", improve.Record.Candidate, shown.GGUF, proof.GGUFSHA256)
	}
	compareWithOracle(t, l, improve, server.Client(), shown.System)
}

// serve runs the real server with the models of the folder.
func serve(t *testing.T, l lab, home string) *ollama.Server {
	t.Helper()
	binary, err := ollama.FindBinary(l.home, exec.LookPath)
	if err != nil {
		t.Fatal(err)
	}
	launcher := proc.NewLauncher(l.binary, guardCommand)
	launcher.Isolation = func() error { return errors.New("the config's server is for everybody") }
	server, err := ollama.Serve(context.Background(), launcher, ollama.ServeOptions{
		Binary: binary, Home: home, Env: os.Environ(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return server
}

// testShared: a server that the config names gets the tags, and is asked.
func testShared(t *testing.T, l lab) {
	server := serve(t, l, t.TempDir())
	l.share(server.Client().Base())
	result, code := l.judge("improve")
	if code != 0 || !result.Verdict.Promotable {
		t.Fatalf("exit %d, verdict %+v", code, result.Verdict)
	}
	if _, err := os.Stat(filepath.Join(result.Dir, "logs", "ollama.log")); err == nil {
		t.Error("a private server was started")
	}
	var registered register.Registered
	readJSON(t, filepath.Join(result.Dir, "register", "model.json"), &registered)
	shown, err := server.Client().Show(context.Background(), registered.Tag)
	if err != nil {
		t.Fatal(err)
	}
	if id := register.ModelID(shown); id != registered.ModelID || registered.Host != server.Client().Base() {
		t.Errorf("model.json says %+v, the server shows %s", registered, id)
	}
}

// compareWithOracle: at temperature 0 the served F16 model gives the greedy text
// of PEFT's merge on 50 prompts, with the same probabilities.
func compareWithOracle(t *testing.T, l lab, improve pipeline.Result, client *ollama.Client, system string) {
	cases, err := eval.LoadCases(filepath.Join(improve.Dir, "eval", eval.CasesFile))
	if err != nil {
		t.Fatal(err)
	}
	var questions []string
	for _, c := range cases {
		if c.Model == eval.Candidate && len(c.Turns) == 1 && c.Suite != "followup" && len(questions) < 50 {
			questions = append(questions, c.Turns[0].User)
		}
	}
	oracle := askOracle(t, l, improve, system, questions)
	if len(oracle) != 50 {
		t.Fatalf("the oracle gave %d answers", len(oracle))
	}
	worst := 0.0
	for i, question := range questions {
		answer, err := client.Chat(context.Background(), engine.Ask{
			Tag: improve.Record.Candidate, Messages: chat.Chat("", nil, question), Logprobs: 1,
			Options: map[string]any{"temperature": 0, "seed": 1, "num_predict": 64},
		})
		if err != nil {
			t.Fatal(err)
		}
		if answer.Text != oracle[i].Text {
			t.Errorf("%q: served %q, merged %q", question, answer.Text, oracle[i].Text)
			continue
		}
		for j, token := range answer.Logprobs {
			worst = max(worst, math.Abs(token.Logprob-oracle[i].Logprobs[j]))
		}
	}
	t.Logf("largest difference of a logprob: %.5f", worst)
	if worst > 0.02 {
		t.Errorf("logprobs differ by up to %.4f", worst)
	}
}

type oracleAnswer struct {
	Text     string    `json:"text"`
	Logprobs []float64 `json:"logprobs"`
}

func askOracle(t *testing.T, l lab, improve pipeline.Result, system string, questions []string) []oracleAnswer {
	t.Helper()
	tools := python.Tools{LookPath: exec.LookPath, Env: os.Environ()}
	interpreter, err := python.Find(t.Context(), proc.Launcher{}, l.home, tools, "auto")
	if err != nil {
		t.Fatal(err)
	}
	var input bytes.Buffer
	for _, question := range questions {
		err := json.NewEncoder(&input).Encode(map[string]any{"messages": chat.Chat(system, nil, question)})
		if err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(interpreter.Path, filepath.Join("..", "..", "testdata", "oracle", "greedy.py"),
		filepath.Join(l.repo, "base"), filepath.Join(improve.Dir, "train", "adapter"))
	cmd.Stdin = &input
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("greedy.py: %v", err)
	}
	var answers []oracleAnswer
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		var answer oracleAnswer
		if err := json.Unmarshal(lines.Bytes(), &answer); err != nil {
			t.Fatal(err)
		}
		answers = append(answers, answer)
	}
	return answers
}

// outcome is what two runs of the same change must agree on.
type outcome struct {
	Adapter, GGUF string
	Verdict       gate.Verdict
}

func outcomeOf(t *testing.T, result pipeline.Result) outcome {
	t.Helper()
	var o outcome
	var err error
	if o.Adapter, err = store.FileDigest(filepath.Join(result.Dir, "train", "adapter", "adapter_model.safetensors")); err != nil {
		t.Fatal(err)
	}
	if o.GGUF, err = store.FileDigest(filepath.Join(result.Dir, "export", "model.gguf")); err != nil {
		t.Fatal(err)
	}
	o.Verdict = *result.Verdict
	return o
}

// testKilled: in an empty home, SIGKILL in the middle of the training and of the
// evaluation; the next run ends as the undisturbed one did, byte for byte.
func testKilled(t *testing.T, undisturbed pipeline.Result) {
	t.Parallel()
	l := newLab(t)
	l.killWhen("improve", filepath.Join(l.home, "store", "train", "*.partial", "events.jsonl"), 40)
	l.killWhen("improve", filepath.Join(l.home, "store", "eval", "*.partial", eval.CasesFile), 20)
	result, code := l.judge("improve")
	if code != 0 {
		t.Fatalf("exit %d", code)
	}
	for _, stage := range result.Record.Stages {
		if stage.Stage == step.Train && stage.State != step.Reused {
			t.Errorf("the training was %s", stage.State)
		}
	}
	if diff := cmp.Diff(outcomeOf(t, undisturbed), outcomeOf(t, result)); diff != "" {
		t.Errorf("undisturbed (-) and killed (+) differ:\n%s", diff)
	}
}

func readJSON(t *testing.T, path string, v any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}
