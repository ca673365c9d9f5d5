package base_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/base"
	"github.com/tunegate/tunegate/internal/base/basetest"
)

type object = basetest.Object

// added are the tokens that every model of basetest has.
var added = []base.Token{
	{ID: 4, Content: "<|im_start|>", Special: true, File: base.TokenizerFile},
	{ID: 5, Content: "<|im_end|>", Special: true, File: base.TokenizerFile},
}

// TestAddedTokens: what the trainer's library adds from the files beside
// tokenizer.json is known, or refused by the token and the file.
func TestAddedTokens(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		edit func(basetest.Model)
		more []base.Token
		want string // the error
	}{
		"none": {edit: func(basetest.Model) {}},
		"added_tokens.json": {
			edit: func(m basetest.Model) { m.Other["added_tokens.json"] = `{"<think>": 6, "<|im_end|>": 5}` },
			more: []base.Token{{ID: 6, Content: "<think>", File: base.AddedTokensFile}},
		},
		"with a role": {
			edit: func(m basetest.Model) {
				m.Other["added_tokens.json"] = `{"<think>": 6}`
				m.TokenizerConfig["additional_special_tokens"] = []string{"<think>"}
			},
			more: []base.Token{{ID: 6, Content: "<think>", Special: true, File: base.AddedTokensFile}},
		},
		"with a role in the older file": {
			edit: func(m basetest.Model) {
				m.Other["added_tokens.json"] = `{"<think>": 6}`
				m.Other["special_tokens_map.json"] = `{"additional_special_tokens": ["<think>"], "pad_token": {"content": "a"}}`
			},
			more: []base.Token{{ID: 6, Content: "<think>", Special: true, File: base.AddedTokensFile}, {ID: 0, Content: "a", Special: true, File: base.SpecialTokensFile}},
		},
		"added_tokens_decoder": {
			edit: func(m basetest.Model) {
				m.TokenizerConfig["added_tokens_decoder"] = object{"6": object{"content": "<think>", "special": true}, "7": object{"content": "<x>", "lstrip": true}}
				m.Other["added_tokens.json"] = `{"<ignored>": 99}`
			},
			more: []base.Token{
				{ID: 6, Content: "<think>", Special: true, File: base.TokenizerConfigFile},
				{ID: 7, Content: "<x>", LeftStrip: true, File: base.TokenizerConfigFile},
			},
		},
		"a token of the model": {
			edit: func(m basetest.Model) {
				m.TokenizerConfig["added_tokens_decoder"] = object{"2": object{"content": "ab"}}
			},
			more: []base.Token{{ID: 2, Content: "ab", File: base.TokenizerConfigFile}},
		},
		"named and not there": {
			edit: func(m basetest.Model) { m.TokenizerConfig["image_token"] = "<image>" },
			want: `tokenizer_config.json: image_token "<image>" is not in the vocabulary`,
		},
		"listed and not there": {
			edit: func(m basetest.Model) { m.TokenizerConfig["extra_special_tokens"] = object{"image": "<image>"} },
			want: `extra_special_tokens "<image>" is not in the vocabulary`,
		},
		"a gap": {
			edit: func(m basetest.Model) { m.Other["added_tokens.json"] = `{"<think>": 7}` },
			want: `added_tokens.json: token "<think>" has ID 7, but the trainer assigns it ID 6`,
		},
		"another id": {
			edit: func(m basetest.Model) {
				m.TokenizerConfig["added_tokens_decoder"] = object{"6": object{"content": "<|im_end|>"}}
			},
			want: `tokenizer_config.json: token "<|im_end|>" has ID 6, but the trainer assigns it ID 5`,
		},
		"another file": {
			edit: func(m basetest.Model) { m.TokenizerConfig["fast_tokenizer_files"] = []string{"tokenizer.4.json"} },
			want: "fast_tokenizer_files",
		},
		"no id":   {edit: func(m basetest.Model) { m.TokenizerConfig["added_tokens_decoder"] = object{"x": object{}} }, want: "added_tokens_decoder"},
		"no JSON": {edit: func(m basetest.Model) { m.Other["added_tokens.json"] = `[` }, want: "added_tokens.json: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := basetest.New()
			c.edit(m)
			got, err := base.Open(m.Write(t)).Tokenizer()
			if (err == nil) != (c.want == "") || err != nil && (!strings.Contains(err.Error(), c.want) || !strings.HasSuffix(err.Error(), ")")) {
				t.Fatalf("error %v, want one with %q", err, c.want)
			}
			if err != nil {
				return
			}
			want := map[string]base.Token{}
			for _, token := range append(added, c.more...) {
				want[token.Content] = token
			}
			found := map[string]base.Token{}
			for i, token := range got.Added {
				found[token.Content] = token
				if i > 0 && got.Added[i-1].ID >= token.ID {
					t.Errorf("%+v are not in order", got.Added)
				}
			}
			if diff := cmp.Diff(want, found); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFacts(t *testing.T) {
	t.Parallel()
	m := basetest.New()
	folder := base.Open(m.Write(t))
	tokens, err := folder.Tokenizer()
	if err != nil {
		t.Fatal(err)
	}
	stops, file, err := folder.Stops()
	if err != nil || len(stops) != 1 || stops[0] != 5 || file != base.ConfigFile {
		t.Errorf("%v of %s, %v", stops, file, err)
	}
	for id, want := range map[int]string{5: "<|im_end|>", 2: "ab", 6: ""} {
		if text, found := tokens.Text(id); text != want || found != (want != "") {
			t.Errorf("%d is %q, %v", id, text, found)
		}
	}
	if chat, err := folder.ChatTemplate(); err != nil || chat != "<|im_start|>" {
		t.Errorf("%q, %v", chat, err)
	}
	m.Other["chat_template.jinja"], m.Other["generation_config.json"] = "x", `{"eos_token_id": [5, 4]}`
	folder = base.Open(m.Write(t))
	if chat, err := folder.ChatTemplate(); err != nil || chat != "x" {
		t.Errorf("%q, %v", chat, err)
	}
	if stops, file, err := folder.Stops(); err != nil || len(stops) != 2 || file != base.GenerationConfigFile {
		t.Errorf("%v of %s, %v", stops, file, err)
	}
	if has, err := folder.Context(); err != nil || has != 32768 {
		t.Errorf("%d, %v", has, err)
	}
}

// TestCheck: a folder that would give the trainer another model is refused by the
// file, with what helps.
func TestCheck(t *testing.T) {
	t.Parallel()
	const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n"
	for name, c := range map[string]struct {
		edit func(basetest.Model)
		want []string
	}{
		"as it is":             {func(basetest.Model) {}, nil},
		"an adapter":           {func(m basetest.Model) { m.Other["adapter_config.json"] = "{}" }, []string{"adapter_config.json belongs to an adapter", "merge"}},
		"an adapter's weights": {func(m basetest.Model) { m.Other["adapter_model.bin"] = "" }, []string{"adapter_model.bin belongs to an adapter"}},
		"a pointer":            {func(m basetest.Model) { m.Other["model-00001-of-00002.safetensors"] = pointer }, []string{"model-00001-of-00002.safetensors is a Git LFS pointer", "git lfs pull"}},
		"quantized":            {func(m basetest.Model) { m.Config["quantization_config"] = object{"quant_method": "awq"} }, []string{"config.json: quantization_config", "16-bit"}},
	} {
		m := basetest.New()
		c.edit(m)
		err := base.Open(m.Write(t)).Check()
		if (err == nil) != (c.want == nil) {
			t.Errorf("%s: %v", name, err)
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q", name, err, want)
			}
		}
	}
	if err := base.Open("/nowhere/at/all").Check(); err == nil || !strings.Contains(err.Error(), "/nowhere/at/all: no such file") {
		t.Errorf("no folder: %v", err)
	}
}

// TestBounds: what a pull request may have written to a base in the repository is
// refused before it takes the machine's memory.
func TestBounds(t *testing.T) {
	t.Parallel()
	tokens := func(m basetest.Model) error {
		_, err := base.Open(m.Write(t)).Tokenizer()
		return err
	}
	m := basetest.New()
	m.Other["added_tokens.json"] = "[" + strings.Repeat("0,", 5<<20) + "0]"
	if err := tokens(m); err == nil || !strings.Contains(err.Error(), "added_tokens.json has more than 4194304 values (hint: ") {
		t.Errorf("values: %v", err)
	}
	m.Other["added_tokens.json"] = strings.Repeat(" ", 65<<20) + "{}"
	if err := tokens(m); err == nil || !strings.Contains(err.Error(), "added_tokens.json: too large: 68157442 bytes, the limit is 67108864 (hint: ") {
		t.Errorf("size: %v", err)
	}
	m = basetest.New()
	m.Config["eos_token_id"] = make([]int, 17)
	if _, _, err := base.Open(m.Write(t)).Stops(); err == nil || !strings.Contains(err.Error(), "config.json: eos_token_id lists 17 stop tokens, the limit is 16 (hint: ") {
		t.Errorf("stop tokens: %v", err)
	}
}
