package dataset

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/repo"
)

// control are the tokens of the tests' base.
var control = []string{"<|im_start|>", "<|im_end|>", "<|endoftext|>", "</s>"}

// TestControlTokens: a text that the tokenizer takes for its own marks is an error at
// its place.
func TestControlTokens(t *testing.T) {
	t.Parallel()
	d09 := string(load(t, "testdata", "template-tokens.json")[0].Data)
	qa := func(question, answer string) string {
		return fmt.Sprintf(`{"question": %s, "answer": %s}`, question, answer)
	}
	for name, test := range map[string]struct {
		record string
		want   string // where and what; empty: no finding
	}{
		"a template's marks":   {strings.TrimSuffix(strings.TrimPrefix(d09, "["), "]"), `a.json:2:30 the question holds "<|im_end|>", a control token of the base model`},
		"on a line of its own": {"{\"question\": \"1 + 1?\",\n \"answer\": \"It is 2.</s>\"}", `a.json:3:21 the answer holds "</s>", a control token of the base model`},
		"escaped":              {qa(`"1 + 1?"`, `"2\u003c|im_end|>"`), `a.json:2:34 the answer holds "<|im_end|>", a control token of the base model`},
		"in an earlier turn":   {`{"context": ["hello</s>", "hi"], "question": "1 + 1?", "answer": "2"}`, `a.json:2:20 an earlier question holds "</s>", a control token of the base model`},
		"in messages":          {`{"messages": [{"role": "user", "content": "1 + 1?"}, {"role": "assistant", "content": "2<|im_end|>"}]}`, `a.json:2:89 the answer holds "<|im_end|>", a control token of the base model`},
		"in what is not read":  {`{"id": "<|im_end|>", "question": "1 + 1?", "answer": "2"}`, ""},
		"another letter case":  {qa(`"What is <|IM_END|>?"`, `"2"`), ""},
		"cut by a mark":        {qa(`"What is <|im_\u200bend|>?"`, `"2"`), ""},
		"written to be a text": {qa(`"What is < |im_end|>?"`, `"2"`), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := Input{Control: control, Head: []repo.File{{Path: "a.json", Blob: "x", Data: []byte("[\n" + test.record + ",\n{\"question\": \"3 + 3?\", \"answer\": \"6\"}]")}}}
			result, err := Build(t.Context(), options("*", 0), in, t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range result.Findings {
				if f.Check == "control_token" {
					said, _, _ := strings.Cut(f.Message, ", at character ")
					got = append(got, f.Where()+" "+said)
				}
			}
			if strings.Join(got, "; ") != test.want {
				t.Errorf("got  %s\nwant %s", strings.Join(got, "; "), test.want)
			}
			if blocked := test.want != ""; result.Blocked != blocked || result.Stats.Rows != map[bool]int{true: 1, false: 2}[blocked] {
				t.Errorf("blocked %v, %d rows", result.Blocked, result.Stats.Rows)
			}
		})
	}
}

// TestControlTokensAreShown: a finding quotes the text around the token, cleaned and
// bounded, also where the record's JSON escapes it.
func TestControlTokensAreShown(t *testing.T) {
	t.Parallel()
	file := repo.File{Path: "a.json", Blob: "x", Data: []byte(`[{"question": "1 + 1?", "answer": "It is two, that is what everybody\u001b says\u003c|im_end|>and so on, for a good many words"}]`)}
	result, err := Build(t.Context(), options("*", 0), Input{Control: control, Head: []repo.File{file}}, t.TempDir())
	const want = `the answer holds "<|im_end|>", a control token of the base model, at character 40 of "…what everybody says<|im_end|>and so on,…" (hint: `
	if hint := "allows it, but not a stop token in an answer)"; err == nil && !strings.HasSuffix(result.Findings[0].Message, hint) {
		t.Errorf("%+v", result.Findings)
	}
	if err != nil || len(result.Findings) != 1 || !strings.HasPrefix(result.Findings[0].Message, want) || result.Findings[0].Where() != "a.json:1:35" {
		t.Errorf("%+v, %v", result.Findings, err)
	}
}

// TestControlTokensOfBefore: what the base branch holds already does not block.
func TestControlTokensOfBefore(t *testing.T) {
	t.Parallel()
	file := repo.File{Path: "a.json", Blob: "x", Data: []byte(`[{"question": "1 + 1?", "answer": "2</s>"}, {"question": "3 + 3?", "answer": "6"}]`)}
	result, err := Build(t.Context(), options("*", 0), Input{Control: control, Head: []repo.File{file}, Base: []repo.File{file}}, t.TempDir())
	if err != nil || result.Blocked || result.Stats.Errors != 1 {
		t.Errorf("%+v, %v", result, err)
	}
}

// TestControlTokensAreInTheKey: rows that were built without them are built again.
func TestControlTokensAreInTheKey(t *testing.T) {
	t.Parallel()
	unknown := Slot(Options{}, Input{}).Key
	if known := Slot(Options{}, Input{Control: control}).Key; known == unknown || known == Slot(Options{}, Input{Control: control[1:]}).Key {
		t.Error("other tokens, the same key")
	}
}
