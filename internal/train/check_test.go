package train

import (
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/store"
)

// complete is a result as the trainer answers it.
const complete = `{"versions": {"torch": "1"}, "device": "cpu", "precision": "float32", "seed": 1, "data_seed": 1, "train_rows": 2,
"val_rows": 0, "steps": 3, "tokens": 4, "seconds": 5, "tokens_per_second": 6, "peak_memory_bytes": 7, "train_loss": 8, "eval_loss": null}`

const prefix = "base_model.model."

// finished writes what a run leaves, with an adapter of these tensors.
func finished(t *testing.T, tensors ...string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, adapterDir), 0o755); err != nil {
		t.Fatal(err)
	}
	header := map[string]any{}
	for i, name := range tensors {
		header[name] = map[string]any{"dtype": "F32", "shape": []int{1}, "data_offsets": []int{4 * i, 4*i + 4}}
	}
	data, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	data = append(binary.LittleEndian.AppendUint64(nil, uint64(len(data))), data...)
	writeFile(t, filepath.Join(dir, adapterDir, adapterWeights), string(data)+strings.Repeat("\x00", 4*len(tensors)))
	writeFile(t, filepath.Join(dir, adapterDir, adapterSettings), "{}")
	writeFile(t, filepath.Join(dir, ChangesFile), `[{"module": "a.q"}, {"module": "a.k"}]`)
	writeFile(t, filepath.Join(dir, samplesFile), "")
	return dir
}

func TestCheck(t *testing.T) {
	t.Parallel()
	whole := []string{prefix + "a.q.lora_A.weight", prefix + "a.q.lora_B.weight", prefix + "a.k.lora_A.weight", prefix + "a.k.lora_B.weight"}
	for name, test := range map[string]struct {
		tensors []string
		answer  string
		spoil   string // a file to remove
		want    string // a part of the error; empty: none
	}{
		"whole":           {whole, complete, "", ""},
		"lost tensor":     {whole[:3], complete, "", "no tensor " + whole[3]},
		"further tensor":  {append(whole[:4:4], "x"), complete, "", "5 tensors for 2 measured modules"},
		"unknown figure":  {whole, `{"colour": 1}`, "", "unknown field"},
		"missing figure":  {whole, strings.Replace(complete, `"tokens": 4, `, "", 1), "", "incomplete"},
		"no changes":      {whole, complete, ChangesFile, ChangesFile},
		"no samples":      {whole, complete, samplesFile, samplesFile},
		"no settings":     {whole, complete, adapterDir + "/" + adapterSettings, adapterSettings},
		"no adapter":      {whole, complete, adapterDir + "/" + adapterWeights, adapterWeights},
		"nothing changed": {nil, complete, "", "no tensor"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := finished(t, test.tensors...)
			if test.spoil != "" {
				os.Remove(filepath.Join(dir, test.spoil))
			}
			result, err := check(dir, []byte(test.answer))
			if test.want == "" {
				if err != nil || result.Modules != 2 || len(result.AdapterSHA256) != 64 {
					t.Errorf("%+v, %v", result, err)
				}
			} else if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Error(err)
			}
		})
	}
}

// A recorded result holds for the adapter that it was recorded with.
func TestLoad(t *testing.T) {
	t.Parallel()
	dir := finished(t, prefix+"a.q.lora_A.weight", prefix+"a.q.lora_B.weight", prefix+"a.k.lora_A.weight", prefix+"a.k.lora_B.weight")
	if _, err := load(dir); err == nil {
		t.Error("no result yet")
	}
	want, err := check(dir, []byte(complete))
	if err != nil {
		t.Fatal(err)
	}
	if err := store.WriteJSON(filepath.Join(dir, resultFile), want); err != nil {
		t.Fatal(err)
	}
	if got, err := load(dir); err != nil || got.AdapterSHA256 != want.AdapterSHA256 || got.Tokens != 4 {
		t.Errorf("%+v, %v", got, err)
	}
	weights := filepath.Join(dir, adapterDir, adapterWeights)
	data := []byte(readFile(t, weights))
	data[len(data)-1] = 1
	writeFile(t, weights, string(data))
	if got, err := load(dir); err == nil {
		t.Errorf("another adapter: %+v", got)
	}
}
