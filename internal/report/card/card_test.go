package card

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/tunegate/tunegate/internal/python/pythontest"
	"github.com/tunegate/tunegate/internal/report/reporttest"
)

func TestGolden(t *testing.T) {
	t.Parallel()
	for name, r := range reporttest.All() {
		got, err := Render(r)
		if err != nil {
			t.Fatal(err)
		}
		if got != nil {
			reporttest.Golden(t, name+".card.md", got)
		}
	}
}

func TestCardIsTheHubs(t *testing.T) {
	t.Parallel()
	card, err := Render(reporttest.Tutor())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "README.md")
	if err := os.WriteFile(path, card, 0o644); err != nil {
		t.Fatal(err)
	}
	// The Hub's own library reads the metadata.
	const program = `
import json, sys
from huggingface_hub import ModelCard
data = ModelCard.load(sys.argv[1]).data
print(json.dumps([data.license, data.model_name, data.tags,
    [[r.dataset_name, r.task_type, r.metric_type, round(r.metric_value, 4)] for r in data.eval_results]]))`
	out, err := exec.Command(pythontest.Interpreter(t).Path, "-c", program, path).Output()
	if err != nil {
		t.Fatal(err)
	}
	var got any
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	want := []any{"apache-2.0", "euclid-tutor", []any{"tunegate", "lora", "gguf", "ollama", "qlora"}, []any{
		[]any{"followup", "text-generation", "accuracy", 0.5102},
		[]any{"general-knowledge", "text-generation", "accuracy", 0.95},
		[]any{"style", "text-generation", "accuracy", 0.75},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCardLicense(t *testing.T) {
	t.Parallel()
	for license, want := range map[string]string{
		"":                 "license: unknown\n",
		"Apache-2.0":       "license: apache-2.0\n",
		"llama2":           "license: llama2\n",
		"Acme Research: 1": "license: other\nlicense_name: 'Acme Research: 1'\n",
		"x\nlicense: mit":  "license: other\nlicense_name: 'x license: mit'\n",
	} {
		r := reporttest.Tutor()
		r.Origin.Base.License = license
		card, err := Render(r)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(card), "---\n"+want+"pipeline_tag:") {
			t.Errorf("%q: %.200s", license, card)
		}
	}
}

func TestNoCardWithoutAModel(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"data", "unchanged"} {
		r := reporttest.Reports()[name]
		card, err := Render(r)
		if card != nil || err != nil {
			t.Errorf("%s: %q %v", name, card, err)
		}
	}
}

// Untrusted text cannot end the metadata or add to it.
func TestCardHoldsUntrustedText(t *testing.T) {
	t.Parallel()
	harmless := reporttest.Hostile("!")
	want, err := Render(harmless)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range slices.Concat(reporttest.Attacks(), []string{"x\n---\n# out", "'", `"`, "a: b", "- c", "#", "&a *a", "!!str", "%", "{}"}) {
		card, err := Render(reporttest.Hostile(s))
		if err != nil {
			t.Fatal(err)
		}
		metadata, text, _ := strings.Cut(string(card), "\n---\n")
		wantedData, wanted, _ := strings.Cut(string(want), "\n---\n")
		if diff := cmp.Diff(keys(t, wantedData), keys(t, metadata)); diff != "" {
			t.Errorf("%q changes the metadata:\n%s", s, diff)
		}
		if diff := cmp.Diff(blocks(reporttest.Nodes(t, wanted)), blocks(reporttest.Nodes(t, text))); diff != "" && !strings.Contains(text, "Left out for length") {
			t.Errorf("a parser sees another card for %q:\n%s", s, diff)
		}
	}
}

// keys are the metadata's, in order, each with the kind of its value.
func keys(t *testing.T, metadata string) (found []string) {
	t.Helper()
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(strings.TrimPrefix(metadata, "---\n")), &root); err != nil {
		t.Fatalf("%s: %v", metadata, err)
	}
	for pair := range slices.Chunk(root.Content[0].Content, 2) {
		found = append(found, pair[0].Value+" "+pair[1].Tag)
	}
	return found
}

// blocks lists the nodes other than text.
func blocks(nodes []string) []string {
	return slices.DeleteFunc(nodes, func(node string) bool { return node == "CodeSpan" || strings.HasPrefix(node, "Text ") })
}
