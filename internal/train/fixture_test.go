package train

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/proc/proctest"
	"github.com/tunegate/tunegate/internal/python"
)

func TestMain(m *testing.M) { proctest.Main(m) }

// local launches with this interpreter under the guard of these tests.
func local(t *testing.T, interpreter python.Interpreter) Local {
	t.Helper()
	return Local{Children: proctest.Launcher(t), Interpreter: interpreter}
}

// demoBase is the folder of the demo's tiny base model.
var demoBase = filepath.Join("..", "..", "testdata", "demo", "base")

func options() Options {
	return Options{
		Quantization: "nf4",
		LoRA: LoRA{R: 16, Alpha: 32, Dropout: 0.05, TargetModules: []string{
			"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj",
		}},
		LearningRate: 1e-3, Epochs: 1, SequenceLen: 256, MicroBatchSize: 8, GradientAccumulationSteps: 1,
	}
}

// sums are n conversations about sums, as the dataset stage writes them.
func sums(n int) []map[string]any {
	var rows []map[string]any
	for i := range n {
		a, b := i%9+1, i*7%9+1
		rows = append(rows, map[string]any{
			"id": fmt.Sprintf("row-%d", i), "source": fmt.Sprintf("data/sums.json#%d", i+1), "weight": 1, "tags": map[string]string{},
			"messages": append(
				chat.Chat("You are a maths tutor. Be correct and brief.", nil, fmt.Sprintf("What is %d + %d?", a, b)),
				chat.Message{Role: chat.Assistant, Content: fmt.Sprintf("Step 1: Start at %d. Step 2: Count on %d more. The answer is $%d$.", a, b, a+b)}),
		})
	}
	return rows
}

// input has 40 training rows and 4 validation rows in a new folder.
func input(t *testing.T) Input {
	t.Helper()
	rows, dir := sums(44), t.TempDir()
	in := Input{
		BaseDir: demoBase, BaseName: "demo/base", Seed: 42,
		TrainRows: filepath.Join(dir, "train.jsonl"), ValRows: filepath.Join(dir, "val.jsonl"),
		SanityPrompts: [][]chat.Message{chat.Chat("", nil, "What is 3 + 4?"), chat.Chat("Be brief.", nil, "Differentiate 4x^3.")},
	}
	writeRows(t, in.TrainRows, rows[:40])
	writeRows(t, in.ValRows, rows[40:])
	return in
}

func writeRows(t *testing.T, path string, rows []map[string]any) {
	t.Helper()
	var data []byte
	for _, row := range rows {
		line, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		data = append(append(data, line...), '\n')
	}
	writeFile(t, path, string(data))
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func readFile(t *testing.T, path ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
