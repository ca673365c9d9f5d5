package llamacpp

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/engine"
)

func TestMerge(t *testing.T) {
	t.Parallel()
	type values = map[string]any
	for name, test := range map[string]struct {
		parameters, options values
		want                settings
		wrong               string
	}{
		"nothing":             {want: settings{load: load{context: 4096}, request: values{}}},
		"options stand above": {values{"seed": 1.0, "stop": "x", "top_k": 5.0}, values{"seed": 2, "num_ctx": 64, "num_predict": 8}, settings{load{64, 0}, 8, values{"seed": 2, "stop": []any{"x"}, "top_k": 5.0}}, ""},
		"numbers of JSON":     {values{"num_ctx": 64.0, "num_thread": 2.0, "num_predict": -1.0}, nil, settings{load{64, 2}, -1, values{}}, ""},
		"half a token":        {values{"num_ctx": 1.5}, nil, settings{}, `parameter num_ctx is "1.5", not a whole number`},
		"a word":              {nil, values{"num_predict": "many"}, settings{}, `parameter num_predict is "many"`},
		"unknown":             {values{"draft_num_predict": 1.0}, nil, settings{}, `no parameter "draft_num_predict" (hint: `},
	} {
		got, err := merge(test.parameters, test.options)
		if test.wrong != "" {
			if err == nil || !strings.Contains(err.Error(), test.wrong) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(settings{}, load{})); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
}

// TestRender: templates mean what they mean to Ollama, old ones with .Prompt too.
func TestRender(t *testing.T) {
	t.Parallel()
	earlier := []chat.Turn{{User: "1", Assistant: "2"}}
	for name, test := range map[string]struct {
		template, system string
		messages         []chat.Message
		want             string
	}{
		"messages":       {"{{ range .Messages }}[{{ .Role }}:{{ .Content }}]{{ end }}", "S", chat.Chat("", earlier, "3"), "[system:S][user:1][assistant:2][user:3]"},
		"its own system": {"{{ range .Messages }}[{{ .Content }}]{{ end }}", "S", chat.Chat("T", nil, "3"), "[T][3]"},
		"no system":      {"{{ range .Messages }}[{{ .Content }}]{{ end }}", "", chat.Chat("", nil, "3"), "[3]"},
		"old":            {"{{ if .System }}<{{ .System }}>{{ end }}Q: {{ .Prompt }} A: {{ .Response }}.", "S", chat.Chat("", earlier, "3"), "<S>Q: 1 A: 2.Q: 3 A: "},
	} {
		got, err := render(engine.Definition{Template: test.template, System: test.system}, test.messages)
		if err != nil || got != test.want {
			t.Errorf("%s: %q, %v, want %q", name, got, err, test.want)
		}
	}
	if _, err := render(engine.Definition{Template: "{{ range"}, nil); err == nil || !strings.Contains(err.Error(), "serve.template") {
		t.Errorf("a bad template: %v", err)
	}
}

func TestCompletion(t *testing.T) {
	t.Parallel()
	for stop, want := range map[string]string{"eos": engine.Stop, "word": engine.Stop, "limit": engine.Length, "none": engine.Aborted} {
		var c completion
		if err := json.Unmarshal([]byte(`{"content": "4", "stop_type": "`+stop+`", "tokens_evaluated": 7, "tokens_predicted": 1,
			"timings": {"prompt_ms": 1.5, "predicted_ms": 0.5},
			"completion_probabilities": [{"token": "4", "logprob": -0.5, "top_logprobs": [{"token": "4", "logprob": -0.5}]}]}`), &c); err != nil {
			t.Fatal(err)
		}
		a := c.answer()
		if a.Text != "4" || a.DoneReason != want || a.Done != (stop != "none") || a.InputTokens != 7 || a.OutputTokens != 1 ||
			a.Duration.Milliseconds() != 2 || len(a.Logprobs) != 1 || a.Logprobs[0].Top[0].Logprob != -.5 {
			t.Errorf("%s: %+v", stop, a)
		}
	}
}
