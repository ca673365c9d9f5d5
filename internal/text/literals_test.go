package text

import (
	"fmt"
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

// TestManyLiterals: a hundred thousand texts with one beginning are not gone through
// at each place where it stands.
func TestManyLiterals(t *testing.T) {
	t.Parallel()
	var texts []string
	for i := range 100_000 {
		texts = append(texts, fmt.Sprintf("<%05d>", i))
	}
	known := NewLiterals(texts)
	if got := known.Find(strings.Repeat("<", 1<<20) + "<04711>"); len(got) != 1 || got[0] != "<04711>" {
		t.Errorf("got %q", got)
	}
}

// BenchmarkLiteralsThatBegin: beginnings without an end, where other texts begin otherwise.
func BenchmarkLiteralsThatBegin(b *testing.B) {
	known, s := NewLiterals([]string{"<|im_end|>", "[INST]"}), strings.Repeat("<", 1<<20)
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		known.Find(s)
	}
}
