package doctor

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/proc/proctest"
	"github.com/tunegate/tunegate/internal/repo"
)

// tinyRepo is the tiny run's repository, with these files instead of its own
// ("-" for none).
func tinyRepo(t *testing.T, changed map[string]string) (*repo.Repo, string) {
	t.Helper()
	dir := t.TempDir()
	if err := writeTiny(dir, ""); err != nil {
		t.Fatal(err)
	}
	for path, text := range changed {
		if text == "-" {
			if err := os.Remove(filepath.Join(dir, path)); err != nil {
				t.Fatal(err)
			}
			continue
		}
		proctest.WriteFile(t, filepath.Join(dir, path), text)
	}
	git(t, dir, "init", "-qb", "main")
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-qm", "x")
	r, err := repo.Open(t.Context(), dir, "git", []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r, dir
}

func TestBaseAndServing(t *testing.T) {
	t.Parallel()
	own := func(name string) string {
		data, err := tinyFiles.ReadFile("e2e/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	const ownSystem = `{%- if messages[0]['role'] != 'system' %}{{- '<|im_start|>system\nBe kind.<|im_end|>\n' }}{%- endif %}`
	const template = "{{ range .Messages }}{{ .Role }}: {{ .Content }}\n{{ end }}"
	served := func(more string) string {
		return strings.Replace(own("tunegate.yaml"), "  system: Be brief.\n", "  system: Be brief.\n"+more, 1)
	}
	for name, tt := range map[string]struct {
		changed map[string]string
		want    map[string]string // by got: level and a part of what was found
	}{
		"as it is": {nil, map[string]string{
			"base": "ok ./base: 0.1 million parameters", "template": "ok ChatML", "penalty": "ok repeat_penalty 1.0",
		}},
		"a second copy of the weights": {map[string]string{"base/consolidated.safetensors": strings.Repeat("x", 1<<20)}, map[string]string{"base": "ok ./base: 0.1 million parameters"}},
		"no weights":                   {map[string]string{"base/model.safetensors": "-"}, map[string]string{"base": "fail has no model.safetensors or model.safetensors.index.json", "template": "ok not checked"}},
		"another architecture": {map[string]string{"base/config.json": strings.Replace(own("base/config.json"), "Qwen2For", "LlamaFor", 1)}, map[string]string{
			"base": "fail architectures is [\"LlamaForCausalLM\"]",
		}},
		"no JSON":               {map[string]string{"base/config.json": "{"}, map[string]string{"base": "fail config.json: "}},
		"no chat template":      {map[string]string{"base/chat_template.jinja": "-"}, map[string]string{"template": "fail has no chat template"}},
		"another chat template": {map[string]string{"base/chat_template.jinja": "[INST]"}, map[string]string{"template": "fail not ChatML"}},
		"a system prompt of its own": {map[string]string{
			"base/chat_template.jinja": ownSystem, "tunegate.yaml": strings.Replace(own("tunegate.yaml"), "  system: Be brief.\n", "", 1),
		}, map[string]string{"template": `fail adds its own system prompt ("Be kind.")`}},
		"one that the config replaces": {map[string]string{"base/chat_template.jinja": ownSystem}, map[string]string{"template": "ok ChatML"}},
		"an older one": {map[string]string{"base/chat_template.jinja": "-", "base/tokenizer_config.json": `{"eos_token": "<|im_end|>", "chat_template": "<|im_start|>"}`}, map[string]string{
			"template": "ok ChatML",
		}},
		"a list of them": {map[string]string{"base/chat_template.jinja": "-", "base/tokenizer_config.json": `{"eos_token": "<|im_end|>", "chat_template": [{"name": "default", "template": "<|im_start|>"}]}`}, map[string]string{
			"template": "ok ChatML",
		}},
		"a file":        {map[string]string{"tunegate.yaml": served("  template: t.tmpl\n"), "t.tmpl": template}, map[string]string{"template": "ok t.tmpl"}},
		"a broken file": {map[string]string{"tunegate.yaml": served("  template: t.tmpl\n"), "t.tmpl": template + "{{ end }}"}, map[string]string{"template": "fail t.tmpl:2"}},
		"a mute file":   {map[string]string{"tunegate.yaml": served("  template: t.tmpl\n"), "t.tmpl": "{{ .System }}"}, map[string]string{"template": "fail never see a question"}},
		"a penalty": {map[string]string{"tunegate.yaml": strings.Replace(own("tunegate.yaml"), "num_ctx: 256", "num_ctx: 256, repeat_penalty: 1.1", 1)}, map[string]string{
			"penalty": "warn repeat_penalty 1.1: a repetition penalty",
		}},
		"its whole context": {nil, map[string]string{"context": "ok num_ctx 256 of the base's 256 tokens"}},
		"more than its context": {map[string]string{"tunegate.yaml": strings.Replace(own("tunegate.yaml"), "num_ctx: 256", "num_ctx: 257", 1)}, map[string]string{
			"context": "fail `num_ctx` is 257, and the base's context has 256 tokens",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, dir := tinyRepo(t, tt.changed)
			got, wants := readConfig(t.Context(), Subject{Repo: r, ConfigPath: "tunegate.yaml", Command: "tunegate"})
			if wants.plan == nil {
				t.Fatalf("%+v", got)
			}
			for _, where := range []string{"./base", filepath.Join(dir, "base")} { // in the commit, and on the machine
				wants.config.Base.Model = where
				base, checks := readBase(t.Context(), wants)
				in := inspection{wanted: wants, base: base, ofBase: checks}
				left := maps.Clone(tt.want)
				for _, got := range slices.Concat(checks, templateChecks(t.Context(), in), penaltyChecks(t.Context(), in), contextChecks(t.Context(), in)) {
					level, found, _ := strings.Cut(left[got.Name], " ")
					if where != "./base" {
						found = strings.TrimPrefix(found, "./base")
					}
					if level != "" && (string(got.Level) != level || !strings.Contains(got.Found, found)) {
						t.Errorf("%s: %+v, want %s", where, got, left[got.Name])
					}
					delete(left, got.Name)
				}
				if len(left) > 0 {
					t.Errorf("%s: no check %v", where, left)
				}
			}
		})
	}
}

func TestParameterSize(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		`{"dtype": "bfloat16"}`: 2, `{"dtype": "float32"}`: 4, `{"torch_dtype": "float32"}`: 4, `{"dtype": "float16", "torch_dtype": "float32"}`: 2, `{}`: 2, `[`: 2,
	} {
		if got := parameterSize([]byte(text)); got != want {
			t.Errorf("%s: %d", text, got)
		}
	}
}

// TestCutBase: a base outside the repository that lacks the end of its weights
// is not called ok.
func TestCutBase(t *testing.T) {
	t.Parallel()
	r, dir := tinyRepo(t, nil)
	_, wants := readConfig(t.Context(), Subject{Repo: r, ConfigPath: "tunegate.yaml", Command: "tunegate"})
	wants.config.Base.Model = filepath.Join(dir, "base")
	if err := os.Truncate(filepath.Join(dir, "base", "model.safetensors"), 2000); err != nil {
		t.Fatal(err)
	}
	if _, checks := readBase(t.Context(), wants); len(checks) != 1 || checks[0].Level != check.Fail || checks[0].Fix == "" {
		t.Errorf("%+v", checks)
	}
}
