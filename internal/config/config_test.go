package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/train"
)

const short = `version: 1
name: demo
base: {model: ./base}
dataset: {sources: [{path: "data/*.json"}]}
`

func TestDefaults(t *testing.T) {
	t.Parallel()
	c, err := Parse("tunegate.yaml", []byte(short))
	if err != nil {
		t.Fatal(err)
	}
	want := train.Options{
		Quantization: "nf4",
		LoRA: train.LoRA{
			R: 16, Alpha: 32, Dropout: 0.05,
			TargetModules: []string{"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"},
		},
		LearningRate: 1e-4, Epochs: 3, SequenceLen: 4096, MicroBatchSize: 4, GradientAccumulationSteps: 4,
	}
	if diff := cmp.Diff(want, c.Train); diff != "" {
		t.Error(diff)
	}
	if c.Serve.Parameters["repeat_penalty"] != 1.0 || c.Eval.NumCtx != 4096 || c.Eval.NumPredict != 1024 {
		t.Errorf("serve %+v, eval %+v", c.Serve, c.Eval)
	}
	if c.Gate.Merge.Margin != 0.10 || c.Gate.Merge.OnInconclusive != "pass" || c.Gate.Promote.Gain.AtLeast != 0.03 {
		t.Errorf("gate %+v", c.Gate)
	}
	if c.Seed != 42 || c.Dataset.Validation != 0.1 || c.Export.Quantization != "f16" || c.Runner.Ollama != "auto" {
		t.Errorf("config %+v", c)
	}
}

func TestDemoConfig(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "testdata", "demo", "repo", "tunegate.yaml")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Parse(path, data); err != nil {
		t.Error(err)
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"unknown key":       {short + "trian: {}\n", `tunegate.yaml:5:1: unknown key "trian" (did you mean "train"?)`},
		"planned key":       {short + "app: {dir: x}\n", `key "app" is not built yet`},
		"planned baseline":  {short + "eval: {baseline: demo:v1}\n", "not built yet"},
		"planned export":    {short + "export: {quantization: q8_0}\n", "tunegate.yaml:5: q8_0 is not built yet"},
		"unknown export":    {short + "export: {quantization: q9}\n", `unknown value "q9" (known: f16)`},
		"planned base gguf": {strings.Replace(short, "./base", "./base, gguf: a.gguf", 1), "not built yet"},
		"hub id":            {strings.Replace(short, "./base", "Qwen/Qwen2.5-7B", 1), "looks like a hub id"},
		"base outside":      {strings.Replace(short, "./base", "./../base", 1), "inside the repository"},
		"no base":           {strings.Replace(short, "{model: ./base}", "{}", 1), "`base.model` is missing"},
		"source outside":    {strings.Replace(short, "data/*.json", "/etc/*.json", 1), "inside the repository"},
		"no sources":        {strings.Replace(short, `[{path: "data/*.json"}]`, "[]", 1), "names no record file"},
		"version":           {strings.Replace(short, "version: 1", "version: 2", 1), "tunegate.yaml:1: `version` must be 1"},
		"name":              {strings.Replace(short, "demo", "De mo", 1), "`name` must be"},
		"unknown check":     {short[:len(short)-2] + ", checks: {typos: {level: warn}}}\n", `unknown check "typos"`},
		"check level":       {short[:len(short)-2] + ", checks: {near_duplicate: {level: loud}}}\n", `unknown value "loud"`},
		"parameter":         {short + "serve: {parameters: {temprature: 1}}\n", `did you mean "temperature"?`},
		"parameter type":    {short + "serve: {parameters: {num_ctx: big}}\n", "`num_ctx` must be a integer"},
		"dropout":           {short + "train: {lora: {dropout: 1}}\n", "`dropout` 1 is a share"},
		"epochs":            {short + "train: {epochs: 0}\n", "0 is not above 0"},
		"embedding":         {short + "train: {lora: {target_modules: [lm_head]}}\n", "lm_head can not be a LoRA target"},
		"sanity steps":      {short + "train: {sanity_steps: often}\n", "auto or a number"},
		"margin":            {short + "gate: {merge: {margin: 10}}\n", "tunegate.yaml:5: 10 is not a share"},
		"ratio":             {short + "gate: {merge: {output_tokens: {}}}\n", "`max_ratio` is missing"},
		"python":            {short + "runner: {python: python3}\n", "absolute path"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse("tunegate.yaml", []byte(test.text))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	limits := Limits{Epochs: 3, LoRAR: 16}
	o := train.Options{Epochs: 3, LoRA: train.LoRA{R: 16}}
	if over := limits.Exceeded(o); over != "" {
		t.Errorf("at the limit: %s", over)
	}
	o.LoRA.R = 17
	if over := limits.Exceeded(o); over != "lora.r 17, limit 16" {
		t.Errorf("got %q", over)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(short)
	f.Fuzz(func(_ *testing.T, text string) { _, _ = Parse("tunegate.yaml", []byte(text)) })
}
