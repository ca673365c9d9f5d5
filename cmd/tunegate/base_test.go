package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/base/basetest"
	"github.com/tunegate/tunegate/internal/plan/plantest"
)

// TestFaultyBase: doctor, init, setup and a dry run refuse a base folder in the same
// words, on a machine that has no tools yet, and nothing is installed for it.
func TestFaultyBase(t *testing.T) {
	t.Parallel()
	binary := buildTunegate(t)
	type object = basetest.Object
	const otherTemplate = "a chat template that is not built in"
	const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n"
	split := func(m basetest.Model) object {
		return m.Tokenizer["pre_tokenizer"].(object)["pretokenizers"].([]object)[0]
	}
	for name, test := range map[string]struct {
		edit func(basetest.Model)
		says string
		fix  string
	}{
		"a family that is not known": {
			func(m basetest.Model) { m.Config["architectures"] = []string{"LlamaForCausalLM"} },
			`config.json: architectures is ["LlamaForCausalLM"]`, "choose another base",
		},
		"another split rule": {
			func(m basetest.Model) { split(m)["pattern"] = object{"Regex": `\p{N}{1,3}`} }, "tokenizer.json: unknown pre_tokenizer pattern", "choose another base",
		},
		"a token beyond the vocabulary": {
			func(m basetest.Model) {
				m.Tokenizer["added_tokens"] = append(m.Tokenizer["added_tokens"].([]object), object{"id": 8, "content": "<new>", "special": true})
			},
			`tokenizer.json: token "<new>" has ID 8, beyond vocab_size 8 of config.json`, "remove the token",
		},
		"one that another file adds": {
			func(m basetest.Model) { m.Other["added_tokens.json"] = `{"<a>": 6, "<b>": 7, "<c>": 8}` },
			`added_tokens.json: token "<c>" has ID 8, beyond vocab_size 8 of config.json`, "remove the token",
		},
		"an adapter": {
			func(m basetest.Model) { m.Other["adapter_config.json"] = "{}" }, "adapter_config.json belongs to an adapter", "merge the adapter",
		},
		"quantized weights": {
			func(m basetest.Model) { m.Config["quantization_config"] = object{"quant_method": "gptq"} }, "config.json: quantization_config: the weights are already quantized", "16-bit release",
		},
		otherTemplate: { // init writes the config that can name a template for it
			func(m basetest.Model) { m.TokenizerConfig["chat_template"] = "[INST]" }, "the base's chat template is not ChatML", "`serve.template`",
		},
		"a Git LFS pointer": {
			func(m basetest.Model) { m.Other["vocab.json"] = pointer }, "vocab.json is a Git LFS pointer", "`git lfs pull`",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := plantest.New(t)
			m := basetest.New()
			test.edit(m)
			for file, text := range m.Files(t) {
				r.Write("base/"+file, text)
			}
			r.Commit(name)
			r.Change("pr", map[string]string{"data/b.json": `[{"question": "2 + 2?", "answer": "4"}]`})
			home := filepath.Join(t.TempDir(), "home")
			for _, command := range []struct {
				exit int
				args []string
			}{
				{exitUsage, []string{"setup"}},
				{exitUsage, []string{"run", "--base", "main", "--head", "pr", "--dry-run"}},
				{exitBroke, []string{"doctor"}},
				{exitUsage, []string{"init", "--base-model", filepath.Join(r.Dir, "base"), "--workflows", "none"}},
			} {
				if command.args[0] == "init" && name == otherTemplate {
					continue
				}
				if command.args[0] == "init" {
					r.Git("rm", "-q", "--cached", "tunegate.yaml")
					if err := os.Remove(filepath.Join(r.Dir, "tunegate.yaml")); err != nil {
						t.Fatal(err)
					}
				}
				out, err := exec.Command(binary, append([]string{"-C", r.Dir, "--home", home}, command.args...)...).CombinedOutput()
				var exit *exec.ExitError
				if !errors.As(err, &exit) || exit.ExitCode() != command.exit || !strings.Contains(string(out), test.says) || !strings.Contains(string(out), test.fix) {
					t.Errorf("%v: %v, want exit %d, %q and %q:\n%s", command.args, err, command.exit, test.says, test.fix, out)
				}
				if left, err := filepath.Glob(filepath.Join(home, "*", "*")); err != nil || len(left) > 0 {
					t.Errorf("%v left %v, %v", command.args, left, err)
				}
				if _, err := os.Stat(filepath.Join(r.Dir, "suites", "general.suite.yaml")); err == nil {
					t.Error("init wrote files")
				}
			}
		})
	}
}
