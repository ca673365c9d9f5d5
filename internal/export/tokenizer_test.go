package export

import (
	"testing"

	"github.com/tunegate/tunegate/internal/base"
)

func TestTokenizerRefuses(t *testing.T) {
	t.Parallel()
	split := func(m *baseFolder) object {
		return m.tokenizer["pre_tokenizer"].(object)["pretokenizers"].([]object)[0]
	}
	bytes := func(m *baseFolder) object {
		return m.tokenizer["pre_tokenizer"].(object)["pretokenizers"].([]object)[1]
	}
	bpe := func(m *baseFolder) object { return m.tokenizer["model"].(object) }
	added := func(m *baseFolder) object { return m.tokenizer["added_tokens"].([]object)[2] }
	for name, c := range map[string]struct {
		edit func(*baseFolder)
		want string
	}{
		"unigram":          {func(m *baseFolder) { bpe(m)["type"] = "Unigram" }, `model.type is "Unigram"`},
		"dropout":          {func(m *baseFolder) { bpe(m)["dropout"] = 0.1 }, "model sets one of dropout"},
		"unknown token":    {func(m *baseFolder) { bpe(m)["unk_token"] = "<unk>" }, "unk_token"},
		"prefix":           {func(m *baseFolder) { bpe(m)["continuing_subword_prefix"] = "##" }, "continuing_subword_prefix"},
		"byte fallback":    {func(m *baseFolder) { bpe(m)["byte_fallback"] = true }, "byte_fallback"},
		"ignore merges":    {func(m *baseFolder) { bpe(m)["ignore_merges"] = true }, "ignore_merges"},
		"merge with space": {func(m *baseFolder) { bpe(m)["merges"] = [][]string{{"a ", "b"}} }, "contain no spaces"},
		"merge of three":   {func(m *baseFolder) { bpe(m)["merges"] = [][]string{{"a", "b", "c"}} }, "merges"},
		"normalizer":       {func(m *baseFolder) { m.tokenizer["normalizer"] = object{"type": "Lowercase"} }, `unknown normalizer "Lowercase"`},
		"post-processor":   {func(m *baseFolder) { m.tokenizer["post_processor"] = object{"type": "TemplateProcessing"} }, `unknown post_processor "TemplateProcessing"`},
		"adding post-processor": {func(m *baseFolder) {
			m.tokenizer["post_processor"] = object{"type": "TemplateProcessing", "single": []object{{"SpecialToken": object{"id": "<s>"}}, {"Sequence": object{"id": "A"}}}}
		}, `unknown post_processor "TemplateProcessing"`},
		"no pre-tokenizer":  {func(m *baseFolder) { m.tokenizer["pre_tokenizer"] = nil }, "no pre_tokenizer"},
		"whitespace":        {func(m *baseFolder) { m.tokenizer["pre_tokenizer"] = object{"type": "Whitespace"} }, `unknown pre_tokenizer ["Whitespace"]`},
		"unknown pattern":   {func(m *baseFolder) { split(m)["pattern"] = object{"Regex": `\p{N}{1,3}`} }, `unknown pre_tokenizer pattern "\\p{N}{1,3}"`},
		"literal pattern":   {func(m *baseFolder) { split(m)["pattern"] = object{"String": " "} }, "unknown pre_tokenizer pattern"},
		"removing split":    {func(m *baseFolder) { split(m)["behavior"] = "Removed" }, "unknown settings"},
		"inverted split":    {func(m *baseFolder) { split(m)["invert"] = true }, "unknown settings"},
		"prefix space":      {func(m *baseFolder) { bytes(m)["add_prefix_space"] = true }, "unknown settings"},
		"second regex":      {func(m *baseFolder) { bytes(m)["use_regex"] = true }, "unknown settings"},
		"stripping token":   {func(m *baseFolder) { added(m)["lstrip"] = true }, `added token "<tool>" sets lstrip`},
		"id too large":      {func(m *baseFolder) { added(m)["id"] = 12 }, `token "<tool>" has ID 12, beyond vocab_size 12`},
		"negative id":       {func(m *baseFolder) { added(m)["id"] = -1 }, "has ID -1"},
		"id of another":     {func(m *baseFolder) { added(m)["id"] = 3 }, `duplicate token "<tool>" or id 3`},
		"text of another":   {func(m *baseFolder) { added(m)["content"] = "ab" }, `duplicate token "ab" or id 9`},
		"text of a padding": {func(m *baseFolder) { added(m)["content"] = "[PAD11]" }, `duplicate token "[PAD11]" or id`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expectRefusal(t, c.edit, base.TokenizerFile, c.want)
		})
	}
}

func TestSpecialTokensRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		edit       func(*baseFolder)
		file, want string
	}{
		"adds BOS":     {func(m *baseFolder) { m.tokenizerConfig["add_bos_token"] = true }, base.TokenizerConfigFile, "add_bos_token is true"},
		"no EOS":       {func(m *baseFolder) { delete(m.tokenizerConfig, "eos_token") }, base.TokenizerConfigFile, "no eos_token"},
		"unknown EOS":  {func(m *baseFolder) { m.tokenizerConfig["eos_token"] = "</s>" }, base.TokenizerConfigFile, `eos_token "</s>" is not in the vocabulary`},
		"odd EOS":      {func(m *baseFolder) { m.tokenizerConfig["eos_token"] = 7 }, base.TokenizerConfigFile, "eos_token"},
		"unknown stop": {func(m *baseFolder) { m.generation["eos_token_id"] = 12 }, base.GenerationConfigFile, "eos_token_id 12 is not in the vocabulary"},
		"three stops":  {func(m *baseFolder) { m.generation["eos_token_id"] = []int{6, 5, 4} }, base.GenerationConfigFile, "more than two stop tokens"},
		"odd stop":     {func(m *baseFolder) { m.generation["eos_token_id"] = "x" }, base.GenerationConfigFile, "eos_token_id"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expectRefusal(t, c.edit, c.file, c.want)
		})
	}
}

func TestStopTokens(t *testing.T) {
	t.Parallel()
	bos := 4
	for name, c := range map[string]struct {
		generation any
		bosText    any
		bosID      *int
		want       [4]int // bos, eos, eot, pad
	}{
		"list":         {[]int{6, 5}, nil, nil, [4]int{-1, 6, 5, 5}},
		"single":       {6, nil, nil, [4]int{-1, 6, -1, 5}},
		"another":      {[]int{9, 9}, nil, nil, [4]int{-1, 6, 9, 5}},
		"none":         {nil, "<|endoftext|>", &bos, [4]int{5, 6, -1, 5}},
		"BOS as an id": {nil, nil, &bos, [4]int{4, 6, -1, 5}},
	} {
		m := newModel(true)
		m.generation["eos_token_id"], m.tokenizerConfig["bos_token"] = c.generation, c.bosText
		v, err := byteLevelBPE{splits: map[string]string{qwen2Split: "qwen2"}}.readVocabulary(m.open(t), model{vocabulary: 12, bos: c.bosID})
		if got := [4]int{v.bos, v.eos, v.eot, v.pad}; err != nil || got != c.want {
			t.Errorf("%s: %v, %v; want %v", name, got, err, c.want)
		}
	}
}
