package register

import (
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/engine"
)

const probeAsChatML = "<|im_start|>system\nProbe system <1>.<|im_end|>\n" +
	"<|im_start|>user\nFirst  question?<|im_end|>\n<|im_start|>assistant\nFirst answer & more.<|im_end|>\n" +
	"<|im_start|>user\nSecond\n\nquestion: {x}?<|im_end|>\n<|im_start|>assistant\n"

func TestTemplate(t *testing.T) {
	t.Parallel()
	name, text, err := Template(probeAsChatML)
	if err != nil || name != "ChatML" || !strings.Contains(text, "<|im_start|>") {
		t.Errorf("%q, %q, %v", name, text, err)
	}
	if _, _, err := Template("[INST] x [/INST]"); err == nil || !strings.Contains(err.Error(), "serve.template") {
		t.Errorf("an unknown template gave %v", err)
	}
}

func model() engine.Model {
	return engine.Model{
		GGUF: strings.Repeat("a", 64), Template: "T", System: "S", License: "apache-2.0",
		Parameters: map[string][]string{"stop": {"x", "y"}, "temperature": {"0.2"}},
	}
}

func TestModelIDNamesEveryPart(t *testing.T) {
	t.Parallel()
	seen := map[string]string{ModelID(model()): "unchanged"}
	changes := map[string]func(*engine.Model){
		"gguf":      func(m *engine.Model) { m.GGUF = strings.Repeat("b", 64) },
		"template":  func(m *engine.Model) { m.Template = "U" },
		"system":    func(m *engine.Model) { m.System = "" },
		"license":   func(m *engine.Model) { m.License = "mit" },
		"renderer":  func(m *engine.Model) { m.Renderer = "r" },
		"parser":    func(m *engine.Model) { m.Parser = "r" },
		"parameter": func(m *engine.Model) { m.Parameters["temperature"] = []string{"0.3"} },
		"order":     func(m *engine.Model) { m.Parameters["stop"] = []string{"y", "x"} },
	}
	for name, change := range changes {
		m := model()
		change(&m)
		id := ModelID(m)
		if other, known := seen[id]; known {
			t.Errorf("a change of %s gives the id of %s", name, other)
		}
		seen[id] = name
	}
}

func TestCompareNamesTheField(t *testing.T) {
	t.Parallel()
	c := Candidate{Tag: "demo:x", Digest: strings.Repeat("a", 64), Serve: Serve{
		Template: "T", System: "S", License: "apache-2.0",
		Parameters: map[string]any{"stop": []any{"x", "y"}, "temperature": 0.2},
	}}
	if err := c.compare(model()); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*engine.Model){
		"GGUF":       func(m *engine.Model) { m.GGUF = "" },
		"template":   func(m *engine.Model) { m.Template += " " },
		"parameters": func(m *engine.Model) { delete(m.Parameters, "stop") },
		"renderer":   func(m *engine.Model) { m.Renderer = "qwen" },
	} {
		shown := model()
		change(&shown)
		if err := c.compare(shown); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", want, err)
		}
	}
}

func TestModelfile(t *testing.T) {
	t.Parallel()
	m := model()
	m.System = `say """hi"""`
	got := Modelfile(m)
	want := "FROM sha256:" + m.GGUF + "\nTEMPLATE \"\"\"T\"\"\"\nSYSTEM \"\"\"say \\\"\"\"hi\\\"\"\"\"\"\"\n" +
		"PARAMETER stop x\nPARAMETER stop y\nPARAMETER temperature 0.2\nLICENSE \"\"\"apache-2.0\"\"\"\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestPromptsByCase(t *testing.T) {
	t.Parallel()
	r := Rendering{Prompts: []Rendered{{Name: "s/a", Tokens: 1}, {Name: "s/b", Tokens: 2}, {Name: "s/a", Tokens: 3}}}
	cases := r.ByCase()
	if a, b := cases["s/a"], cases["s/b"]; len(cases) != 2 || len(a) != 2 || a[0].Tokens != 1 || a[1].Tokens != 3 || len(b) != 1 {
		t.Errorf("%+v", cases)
	}
}
