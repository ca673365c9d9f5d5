package config

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/reference/referencetest"
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

// mistakes are texts that no config may have, with words of the error.
func mistakes() map[string]struct{ text, want string } {
	return map[string]struct{ text, want string }{
		"unknown key":       {short + "trian: {}\n", `tunegate.yaml:5:1: unknown key "trian" (hint: did you mean "train"?)`},
		"planned key":       {short + "app: {dir: x}\n", `key "app" is not built yet`},
		"misspelt baseline": {short + "eval: {baseline: stabel}\n", "neither stable, base, nor a tag"},
		"planned gpus":      {short + "train: {gpus: 2}\n", "tunegate.yaml:5: training on 2 GPUs is not built yet"},
		"planned export":    {short + "export: {quantization: q8_0}\n", "tunegate.yaml:5: `export.quantization`: q8_0 is not built yet (hint: choose one of f16)"},
		"unknown export":    {short + "export: {quantization: q9}\n", `unknown value "q9" (hint: choose one of f16)`},
		"planned base gguf": {strings.Replace(short, "./base", "./base, gguf: a.gguf", 1), "tunegate.yaml:3: a file as `gguf` is not built yet"},
		"hub id":            {strings.Replace(short, "./base", "Qwen/Qwen2.5-7B", 1), "looks like a hub id"},
		"base outside":      {strings.Replace(short, "./base", "./../base", 1), "inside the repository"},
		"no base":           {strings.Replace(short, "{model: ./base}", "{}", 1), "`base.model` is missing"},
		"source outside":    {strings.Replace(short, "data/*.json", "/etc/*.json", 1), "leaves the repository"},
		"no sources":        {strings.Replace(short, `[{path: "data/*.json"}]`, "[]", 1), "names no record file"},
		"version":           {strings.Replace(short, "version: 1", "version: 2", 1), "tunegate.yaml:1: `version` must be 1"},
		"name":              {strings.Replace(short, "demo", "De mo", 1), "`name` must be"},
		"unknown check":     {short[:len(short)-2] + ", checks: {typos: {level: warn}}}\n", `unknown check "typos"`},
		"check level":       {short[:len(short)-2] + ", checks: {near_duplicate: {level: loud}}}\n", `tunegate.yaml:4: check near_duplicate has the level "loud"`},
		"parameter":         {short + "serve: {parameters: {temprature: 1}}\n", `did you mean "temperature"?`},
		"text for number":   {short + "train: {epochs: many}\n", "tunegate.yaml:5:17: `train.epochs` must be a number, not \"many\" (hint: such as 0.5; `tunegate help config train.epochs`)"},
		"no document":       {"", "the file is empty"},
		"parameter type":    {short + "serve: {parameters: {num_ctx: big}}\n", "`num_ctx` must be an integer"},
		"dropout":           {short + "train: {lora: {dropout: 1}}\n", "`dropout` is 1, not a share"},
		"epochs":            {short + "train: {epochs: 0}\n", "tunegate.yaml:5: `train.epochs`: 0 is not a finite number above 0"},
		"embedding":         {short + "train: {lora: {target_modules: [lm_head]}}\n", "lm_head cannot be a LoRA target"},
		"sanity steps":      {short + "train: {sanity_steps: often}\n", "auto or a number"},
		"margin":            {short + "gate: {merge: {margin: 10}}\n", "tunegate.yaml:5: `gate.merge.margin`: 10 is not a share"},
		"ratio":             {short + "gate: {merge: {output_tokens: {}}}\n", "`max_ratio` is missing"},
		"no scheme":         {short + "runner: {ollama: \"127.0.0.1:11434\"}\n", `tunegate.yaml:5: ollama: "127.0.0.1:11434" is not the address of a server (hint: write it like http://127.0.0.1:11434)`},
		"no address":        {short + "runner: {ollama: \"http://[\"}\n", `"http://[" is not the address of a server`},
		"python":            {short + "runner: {python: python3}\n", "absolute path"},
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	for name, test := range mistakes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse("tunegate.yaml", []byte(test.text))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want %q", err, test.want)
			}
			referencetest.Hints(t, Format(), err)
		})
	}
}

// Values that would be refused only by a later stage, or make its JSON fail.
func outOfBounds() map[string]string {
	return map[string]string{
		"seed: 4294967296":                                     "`seed` 4294967296 is above 4294967295",
		"train: {sequence_len: 1048577}":                       "1048577 is not from 16 to 1048576",
		"train: {micro_batch_size: 4097}":                      "4097 is not from 1 to 4096",
		"train: {gradient_accumulation_steps: 4097}":           "4097 is not from 1 to 4096",
		"train: {sanity_steps: 1001}":                          "a number of steps from 1 to 1000",
		"train: {lora: {r: 0}}":                                "0 is not from 1 to 4096",
		"train: {lora: {alpha: .inf}}":                         "+Inf is not a finite number above 0",
		"train: {lora: {dropout: .nan}}":                       "`dropout` is NaN, not a share",
		"train: {learning_rate: .inf}":                         "+Inf is not a finite number above 0",
		"train: {epochs: .nan}":                                "NaN is not a finite number above 0",
		"limits: {epochs: .inf}":                               "+Inf is not a finite number above 0",
		"limits: {rows: 0}":                                    "0 is not from 1 to 1000000000",
		"limits: {lora_r: 0}":                                  "0 is not from 1 to 4096",
		"serve: {parameters: {temperature: .inf}}":             "`temperature` must be a finite number",
		"serve: {parameters: {top_p: .nan}}":                   "`top_p` must be a finite number",
		"gate: {merge: {output_tokens: {max_ratio: .nan}}}":    "NaN is not a finite number above 0",
		"gate: {promote: {latency_median: {max_ratio: .inf}}}": "+Inf is not a finite number above 0",
		"gate: {merge: {margin: .nan}}":                        "NaN is not a share from 0 to 1",
		"gate: {promote: {gain: {at_least: -.inf}}}":           "-Inf is not a share from 0 to 1",
		"gate: {promote: {no_worse: {margin: .inf}}}":          "+Inf is not a share from 0 to 1",
		"eval: {suites: [\"suites/[.yaml\"]}":                  `"suites/[.yaml" is not a valid glob`,
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	for text, want := range outOfBounds() {
		_, err := Parse("tunegate.yaml", []byte(short+text+"\n"))
		if err == nil || !strings.HasPrefix(err.Error(), "tunegate.yaml:5: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
			continue
		}
		referencetest.Hints(t, Format(), err)
	}
	top := strings.Replace(short, "name: demo", "name: demo\nseed: 4294967295\ntrain: {sequence_len: 1048576, micro_batch_size: 4096, sanity_steps: 1000}", 1)
	if _, err := Parse("tunegate.yaml", []byte(top)); err != nil {
		t.Errorf("at the bounds: %v", err)
	}
}

func TestDatasetMistakes(t *testing.T) {
	t.Parallel()
	const head = "version: 1\nname: demo\nbase: {model: ./base}\ndataset:\n"
	const sources = "  sources: [{path: \"data/*.json\"}]\n"
	tests := map[string]struct{ text, want string }{
		"validation":          {sources + "  validation: 1\n", "tunegate.yaml:6: dataset.validation is 1 (hint: "},
		"validation NaN":      {sources + "  validation: .nan\n", "tunegate.yaml:6: dataset.validation is NaN (hint: "},
		"glob":                {"  sources:\n    - {path: \"data/*.json\"}\n    - {path: \"data/[.json\"}\n", `tunegate.yaml:7: dataset source "data/[.json" is not a valid glob`},
		"weight":              {"  sources:\n    - {path: a, weight: 0}\n", `tunegate.yaml:6: dataset source "a" has the weight 0`},
		"off":                 {sources + "  checks:\n    json:\n      level: off\n", "tunegate.yaml:8: check json cannot be off"},
		"threshold":           {sources + "  checks:\n    near_duplicate:\n      level: warn\n      threshold: 0\n", "tunegate.yaml:9: check near_duplicate has the threshold 0 (hint: "},
		"threshold NaN":       {sources + "  checks:\n    near_duplicate: {threshold: .nan}\n", "tunegate.yaml:7: check near_duplicate has the threshold NaN"},
		"threshold elsewhere": {sources + "  checks:\n    exact_duplicate: {threshold: 0}\n", "tunegate.yaml:7: check exact_duplicate takes no threshold (hint: "},
		"unknown check":       {sources + "  checks:\n    near: {threshold: 0}\n", `tunegate.yaml:7: unknown check "near" (hint: choose one of `},
	}
	for name, test := range tests {
		if _, err := Parse("tunegate.yaml", []byte(head+test.text)); err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
	}
	c, err := Parse("tunegate.yaml", []byte(head+sources+"  checks: {near_duplicate: {threshold: 0.5}, exact_duplicate: {level: Off}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := dataset.DefaultChecks()
	want["near_duplicate"] = dataset.CheckOptions{Level: dataset.Warn, Threshold: 0.5}
	want["exact_duplicate"] = dataset.CheckOptions{Level: dataset.Off}
	if diff := cmp.Diff(want, c.Dataset.Checks); diff != "" {
		t.Error(diff)
	}
	if err := c.Dataset.Validate(); err != nil {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(short)
	f.Add(withTags("[" + learnerLevel + ", {name: topic, keys: [a, b], values: [c, d], default: c}]"))
	f.Add(short + "train: {learning_rate: .inf}\nserve: {parameters: {temperature: .nan}}\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse("tunegate.yaml", []byte(text))
		if err != nil {
			return
		}
		if _, err := json.Marshal(c); err != nil {
			t.Error(err)
		}
		if err := c.Dataset.Validate(); err != nil {
			t.Error(err)
		}
	})
}
