package export

import (
	"strings"
	"testing"
)

// TestCheckResolved: a model that the trainer resolves otherwise than it is exported
// is refused by the token or the key.
func TestCheckResolved(t *testing.T) {
	t.Parallel()
	exported, _ := writeBase(t, newModel(true))
	for name, c := range map[string]struct {
		edit func(*baseFolder)
		want string
	}{
		"the same": {func(*baseFolder) {}, ""},
		"no post-processor, as the library writes it": {func(m *baseFolder) {
			m.tokenizer["post_processor"] = object{"type": "TemplateProcessing", "single": []object{{"Sequence": object{"id": "A", "type_id": 0}}}}
		}, ""},
		"a token more": {
			func(m *baseFolder) {
				m.tokenizer["added_tokens"] = append(m.tokenizer["added_tokens"].([]object), object{"id": 10, "content": "<think>"})
			},
			`tokenizer.ggml.tokens: entry 10 is "<think>" for the trainer, but "[PAD10]" in the GGUF`,
		},
		"a token of another kind": {
			func(m *baseFolder) { m.tokenizer["added_tokens"].([]object)[2]["special"] = true },
			"tokenizer.ggml.token_type: entry 9 is 3 for the trainer, but 4 in the GGUF",
		},
		"another split rule": {
			func(m *baseFolder) { m.tokenizer["pre_tokenizer"] = object{"type": "Whitespace"} }, `unknown pre_tokenizer ["Whitespace"]`,
		},
		"another merge": {
			func(m *baseFolder) { m.tokenizer["model"].(object)["merges"] = [][]string{{"a", "b"}} },
			`tokenizer.ggml.merges: entry 1 is none for the trainer, but "Ġ ab" in the GGUF`,
		},
		"another theta": {
			func(m *baseFolder) { m.config["rope_parameters"] = object{"rope_theta": 1e4, "rope_type": "default"} },
			"qwen2.rope.freq_base: entry 0 is 10000 for the trainer, but 1e+06 in the GGUF",
		},
		"another stop token": {
			func(m *baseFolder) { m.generation["eos_token_id"] = 6 }, "tokenizer.ggml.eot_token_id is in the GGUF, but the trainer has none",
		},
	} {
		m := newModel(true)
		c.edit(m)
		m.tensors = nil
		err := CheckResolved(m.open(t), exported)
		if (err == nil) != (c.want == "") || err != nil && !(strings.Contains(err.Error(), c.want) && strings.HasPrefix(err.Error(), OtherBase)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
