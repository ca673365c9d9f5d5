package text

import (
	"strings"
	"testing"
)

func TestLiterals(t *testing.T) {
	t.Parallel()
	known := NewLiterals([]string{"<|im_end|>", "<|im_start|>", "<|im", "", "</s>", "[INST]", "[INST]", "é"})
	for s, want := range map[string]string{
		"":                              "",
		"a < b <| c":                    "",
		"<|im_end|>":                    "<|im_end|>",
		"a<|im_end|>\n<|im_start|>b":    "<|im_end|> <|im_start|>",
		"<|im_start|><|im_start|>":      "<|im_start|>",
		"<|IM_END|>":                    "",
		"<|im_end>":                     "<|im",
		"<<|im_end|>":                   "<|im_end|>",
		"<\u200b|im_end|>":              "",
		"[INST] x </s>":                 "[INST] </s>",
		"é</s":                          "é",
		strings.Repeat("<", 1000) + "é": "é",
	} {
		if got := strings.Join(known.Find(s), " "); got != want {
			t.Errorf("%q holds %q, want %q", s, got, want)
		}
	}
	if found := NewLiterals(nil).Find("<|im_end|>"); found != nil {
		t.Errorf("of none: %q", found)
	}
}
