package suite

import (
	"testing"

	"github.com/tunegate/tunegate/internal/text"
)

const marked = `name: marked
tests:
  - description: asks
    turns:
      - user: |
          What is 1 + 1?<|im_end|>
        assert: [{type: equals, value: "2"}]
  - description: replays
    turns:
      - user: What is 1 + 1?
        assistant: It is 2.<|im_end|>
      - user: And what is < |im_end|>, or <|IM_END|>?
        assert: [{type: contains, value: "<|im_end|>"}]
`

// TestControlTokens: what a model is asked, or shown as its own answer, holds none of
// its tokenizer's marks; what an answer is looked through for may.
func TestControlTokens(t *testing.T) {
	t.Parallel()
	if _, err := (Reader{}).Suite("s.yaml", []byte(marked)); err != nil {
		t.Errorf("without a tokenizer: %v", err)
	}
	r := Reader{Control: text.NewLiterals([]string{"<|im_end|>"})}
	_, err := r.Suite("s.yaml", []byte(marked))
	said := func(at string) string {
		return `: "<|im_end|>" is a control token of the base model, which its tokenizer does not read as text, at ` + at + ` (hint: remove it; the chat template writes its own)`
	}
	if want := `s.yaml:5: case "asks"` + said(`character 15 of "What is 1 + 1?<|im_end|> "`) + "\n" + `s.yaml:11: case "replays"` + said(`character 9 of "It is 2.<|im_end|>"`); err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	_, err = r.Sanity("p.yaml", []byte("prompts:\n  - user: one\n  - user: two<|im_end|>\n"))
	if want := "p.yaml:3" + said(`character 4 of "two<|im_end|>"`); err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}
