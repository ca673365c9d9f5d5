package strictyaml

import (
	"strings"
	"testing"
)

type recipe struct {
	Version int `yaml:"version"`
	Train   struct {
		Epochs float64 `yaml:"epochs"`
		LoRA   struct {
			R int `yaml:"r"`
		} `yaml:"lora"`
	} `yaml:"train"`
	Tags map[string]string `yaml:"tags"`
}

func TestDecodeNamesEveryMistake(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		want []string
	}{
		"unknown key":      {"version: 1\ntrain:\n  epchs: 3\n", []string{`a.yaml:3:3: unknown key "epchs" (hint: did you mean "epochs"?)`}},
		"nothing near":     {"zzzzzzzzzz: 1\n", []string{`a.yaml:1:1: unknown key "zzzzzzzzzz" (hint: remove it)`}},
		"planned key":      {"shapes: []\n", []string{`a.yaml:1:1: key "shapes" is not built yet`}},
		"wrong type":       {"version: one\n", []string{"a.yaml:1:10: `version` must be an integer, not \"one\" (hint: such as 4)"}},
		"a cut number":     {"train: {lora: {r: 1.5}}\n", []string{"a.yaml:1:19: `train.lora.r` must be an integer, not \"1.5\" (hint: "}},
		"a text for keys":  {"train: fast\n", []string{"a.yaml:1:8: `train` must be a mapping, not \"fast\" (hint: "}},
		"a list for keys":  {"train:\n  - lora: 1\n", []string{"a.yaml:2:3: `train` must be a mapping (hint: "}},
		"a list for texts": {"tags: {a: [b]}\n", []string{"a.yaml:1:11: `tags.a` must be a text (hint: "}},
		"two mistakes":     {"verson: 1\ntrain: {epochs: many}\n", []string{`"verson"`, "a.yaml:2:17"}},
		"double key":       {"version: 1\nversion: 2\n", []string{"a.yaml:2:1: key \"version\" is also on line 1 (hint: keep one of them)"}},
		"broken":           {"version: 1: 2\n", []string{"a.yaml:1:", ": not valid YAML: "}},
		"empty":            {"", []string{"a.yaml: the file is empty"}},
		"second document":  {"version: 1\n---\nversion: 2\n", []string{"second document"}},
		"a list for a map": {"- 1\n", []string{"a.yaml:1:1: the file must be a mapping (hint: "}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc, err := Parse("a.yaml", []byte(test.text))
			if err == nil {
				err = doc.Decode(&recipe{}, "shapes")
			}
			if err == nil {
				t.Fatal("no error")
			}
			for line := range strings.Lines(err.Error()) {
				if !strings.HasSuffix(strings.TrimSpace(line), ")") || !strings.Contains(line, "(hint: ") || strings.Contains(line, "!!") {
					t.Errorf("no hint, or the library's words: %q", line)
				}
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q lacks %q", err, want)
				}
			}
		})
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	doc, err := Parse("a.yaml", []byte("version: 1\nlist:\n  - a: 1\n  - b: 2\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := doc.Line("list", 1, "b"); got != 4 {
		t.Errorf("line %d, want 4", got)
	}
	if got := doc.Errorf([]any{"list", 0, "missing"}, "no %s", "value").Error(); got != "a.yaml:3: no value" {
		t.Errorf("got %q", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("version: 1\ntrain: {epochs: 3}\n")
	f.Add("a: &x [*x]\n")
	f.Fuzz(func(t *testing.T, text string) {
		doc, err := Parse("a.yaml", []byte(text))
		if err == nil {
			_ = doc.Decode(&recipe{})
			_ = doc.Line("train", "lora", 3)
		}
	})
}
