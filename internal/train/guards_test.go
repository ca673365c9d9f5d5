package train

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/proc/proctest"
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/python/pythontest"
)

const chatML = "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}" +
	"{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"

// fault is what is wrong with a run.
type fault struct {
	spec     func(s *spec)
	base     map[string]string // files of the base model that are other ones
	answer   string            // of row 6
	sabotage string            // of the libraries, see testdata/several.py
	want     string            // the problem's name, a space and the start of its row and message; empty: none
}

func template(old, new string) map[string]string {
	return map[string]string{"chat_template.jinja": strings.Replace(chatML, old, new, 1)}
}

var faults = map[string]fault{
	"long":           {spec: func(s *spec) { s.SequenceLen = 40 }, want: "guard/row-too-long data/sums.json#1: "},
	"control tokens": {answer: "The answer is<|im_end|> $7$.", want: "guard/stop-token data/sums.json#6: "},
	"own prompt":     {base: template("assistant\n{% endif", "assistant\nHm. {% endif"), want: "guard/prompt-prefix data/sums.json#1: "},
	"changed answer": {base: template("['content']", "['content'] | replace('Step', 'STEP')"), want: "guard/labels data/sums.json#1: "},
	"trimmed answer": {base: template("['content']", "['content'] | trim"), answer: "It is $7$. ", want: "guard/labels data/sums.json#6: "},
	"no stop":        {base: template("<|im_end|>", ""), want: "guard/stop-token data/sums.json#1: "},
	"other stop":     {base: map[string]string{"generation_config.json": `{"eos_token_id": 0}`}, want: "guard/stop-token data/sums.json#1: "},
	"no template":    {base: template(chatML, ""), want: "base/chat-template "},
	"no tokenizer":   {base: map[string]string{"tokenizer.json": "{"}, want: "base/tokenizer "},
	"vocabulary":     {spec: func(s *spec) { s.LoRA.TargetModules = []string{"q_proj", "lm_head"} }, want: "guard/vocabulary "},
	"unknown module": {spec: func(s *spec) { s.LoRA.TargetModules = []string{"q_proj", "c_attn"} }, want: "guard/target-modules "},
	"world":          {spec: func(s *spec) { s.WorldSize = 2 }, want: "guard/world-size "},
	"no rows":        {spec: func(s *spec) { s.TrainRows = os.DevNull }, want: "rows/none "},
	"diverges":       {spec: func(s *spec) { s.LearningRate = 1e3 }, want: "guard/loss "},
	"learns nothing": {spec: func(s *spec) { s.LearningRate = 0 }, want: "guard/dead-adapter lora_B is all zero after training in 21 "},
	"lost factor":    {sabotage: "lose-a-factor", want: "guard/dead-adapter the saved adapter differs from the trained one"},
	"bad merge":      {sabotage: "merge-nothing", want: "guard/merge-logits "},
	"none":           {spec: func(s *spec) { s.Quantization, s.ValRows, s.SanityPrompts = "none", "", s.SanityPrompts[:0] }},
}

// Each run has one thing that must stop it, and the last has none. They share a
// process, for the time that imports take.
func TestGuards(t *testing.T) {
	t.Parallel()
	py := pythontest.Interpreter(t)
	command := py.Command("train.py")
	driver, err := filepath.Abs(filepath.Join("testdata", "several.py"))
	if err != nil {
		t.Fatal(err)
	}
	command.Args = []string{"-s", driver, py.ProgramsDir}
	dirs := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(faults)) {
		dirs[name] = t.TempDir()
		prepare(t, faults[name], dirs[name])
		command.Args = append(command.Args, filepath.Join(dirs[name], specFile)+"="+faults[name].sabotage)
	}
	if last, err := proctest.Launcher(t).Run(t.Context(), command, nil); err != nil {
		t.Fatal(last.Explain(err))
	}
	for name, dir := range dirs {
		var last struct {
			Result json.RawMessage
			Error  *python.Problem
		}
		lines := strings.Split(strings.TrimSpace(readFile(t, dir, specFile+".answers")), "\n")
		if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want := faults[name].want
		switch {
		case want == "":
			if _, err := check(dir, last.Result); err != nil {
				t.Errorf("%s: %v: %s", name, err, lines[len(lines)-1])
			}
		case last.Error == nil:
			t.Errorf("%s: %s, want %s", name, lines[len(lines)-1], want)
		case !strings.HasPrefix(strings.Replace(last.Error.Error(), ": ", " ", 1), want) || last.Error.Hint == "" || strings.Contains(last.Error.Message, "sums.json"):
			t.Errorf("%s: %v, want %s", name, last.Error, want)
		}
	}
}

// prepare writes a run's spec and what it names to dir.
func prepare(t *testing.T, f fault, dir string) {
	t.Helper()
	in := input(t)
	in.SanityPrompts = in.SanityPrompts[:1]
	if f.base != nil {
		base := t.TempDir()
		if err := os.CopyFS(base, os.DirFS(in.BaseDir)); err != nil {
			t.Fatal(err)
		}
		for name, text := range f.base {
			writeFile(t, filepath.Join(base, name), text)
		}
		in.BaseDir = base
	}
	if f.answer != "" {
		rows := sums(24)
		messages := rows[5]["messages"].([]chat.Message)
		messages[len(messages)-1].Content = f.answer
		writeRows(t, in.TrainRows, rows)
	}
	s, err := newSpec(options(), in, dir)
	if err != nil {
		t.Fatal(err)
	}
	if f.spec != nil {
		f.spec(&s)
	}
	if err := s.write(); err != nil {
		t.Fatal(err)
	}
}

// What the spec says is all that the program goes by.
func TestSpecKeys(t *testing.T) {
	t.Parallel()
	py, dir := pythontest.Interpreter(t), t.TempDir()
	writeFile(t, filepath.Join(dir, specFile), `{"seed": 1, "colour": "red"}`)
	_, err := python.Run(t.Context(), proctest.Launcher(t), py.Command("train.py", "--spec", filepath.Join(dir, specFile)))
	if err == nil || !strings.Contains(err.Error(), "spec/keys: missing in spec.json: ") {
		t.Error(err)
	}
}
