package train

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/gguf"
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/python/pythontest"
)

// A whole run with the real trainer; then another one that is cut off in the
// middle of its only epoch and taken up again: the adapter has the same bytes.
func TestRun(t *testing.T) {
	t.Parallel()
	py, in := pythontest.Interpreter(t), input(t)
	dir := t.TempDir()
	var phases []string
	var last Progress
	result, err := Run(t.Context(), local(t, py), options(), in, dir, func(p Progress) {
		if !slices.Contains(phases, p.Phase) {
			phases = append(phases, p.Phase)
		}
		last = p
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"load", "sanity", "train", "check"}; !slices.Equal(phases, want) || last.Loss <= 0 || last.EvalLoss <= 0 {
		t.Errorf("phases %v, at the end %+v", phases, last)
	}
	if result.Steps != 5 || result.TrainRows != 40 || result.ValRows != 4 || result.Modules != 21 || result.Seed != 42 || result.EvalLoss == nil {
		t.Errorf("%+v", result)
	}
	checkChanges(t, dir)
	checkSamples(t, dir, in.SanityPrompts)
	checkFolder(t, dir)

	// A finished run is not repeated: this interpreter could not.
	again, err := Run(t.Context(), local(t, python.Interpreter{}), options(), in, dir, func(Progress) {})
	if err != nil || !reflect.DeepEqual(again, result) {
		t.Errorf("again: %+v, %v", again, err)
	}

	cut := t.TempDir()
	s, err := newSpec(options(), in, cut)
	if err != nil {
		t.Fatal(err)
	}
	s.SaveSeconds = 1e-3
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err = s.run(ctx, local(t, py), func(p Progress) {
		if p.Phase == "train" && p.Step == 4 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("cut off: %v", err)
	}
	if _, err := os.Stat(filepath.Join(cut, adapterDir)); err == nil {
		t.Error("an adapter of a run that was cut off")
	}
	// As if it had been killed while it wrote the next checkpoint.
	if err := os.MkdirAll(filepath.Join(cut, checkpointsDir, "checkpoint-9"), 0o755); err != nil {
		t.Fatal(err)
	}
	first := 0
	resumed, err := s.run(t.Context(), local(t, py), func(p Progress) {
		if p.Phase == "sanity" {
			t.Error("the sanity run was repeated")
		}
		if p.Phase == "train" && first == 0 {
			first = p.Step
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if first < 3 {
		t.Errorf("went on from step %d of 5", first)
	}
	if resumed.AdapterSHA256 != result.AdapterSHA256 || resumed.TrainLoss != result.TrainLoss || resumed.Tokens != result.Tokens ||
		readFile(t, cut, ChangesFile) != readFile(t, dir, ChangesFile) || readFile(t, cut, samplesFile) != readFile(t, dir, samplesFile) ||
		readFile(t, cut, adapterDir, adapterSettings) != readFile(t, dir, adapterDir, adapterSettings) {
		t.Errorf("resumed %+v\nwhole   %+v", resumed, result)
	}
}

// checkChanges compares changes.json with alpha/r * B*A of the adapter's tensors.
func checkChanges(t *testing.T, dir string) {
	t.Helper()
	var changes []struct {
		Module  string
		Shape   [2]int
		Norm    float64
		Samples []struct {
			Row, Col int
			Value    float64
		}
	}
	if err := json.Unmarshal([]byte(readFile(t, dir, ChangesFile)), &changes); err != nil {
		t.Fatal(err)
	}
	weights, err := gguf.OpenSafetensors(filepath.Join(dir, adapterDir, adapterWeights))
	if err != nil {
		t.Fatal(err)
	}
	defer weights.Close()
	factor := func(module, name string) []float32 {
		array, ok := weights.Find("base_model.model." + module + "." + name + ".weight")
		if !ok || array.Type != gguf.F32 {
			t.Fatalf("%s of %s: %v, %v", name, module, ok, array.Type)
		}
		values := make([]float32, array.Len())
		if err := array.Float32s(values, 0); err != nil {
			t.Fatal(err)
		}
		return values
	}
	const rank, scale = 16, 2
	for _, c := range changes {
		a, b := factor(c.Module, "lora_A"), factor(c.Module, "lora_B")
		rows, cols := c.Shape[0], c.Shape[1]
		if len(a) != rank*cols || len(b) != rows*rank || len(c.Samples) != 16 {
			t.Fatalf("%s: shape %v, %d and %d elements, %d samples", c.Module, c.Shape, len(a), len(b), len(c.Samples))
		}
		delta := func(row, col int) (sum float64) {
			for k := range rank {
				sum += scale * float64(b[row*rank+k]) * float64(a[k*cols+col])
			}
			return sum
		}
		var squares float64
		for row := range rows {
			for col := range cols {
				squares += delta(row, col) * delta(row, col)
			}
		}
		if norm := math.Sqrt(squares); norm == 0 || math.Abs(norm-c.Norm) > 1e-5*norm {
			t.Errorf("%s: norm %v, measured %v", c.Module, norm, c.Norm)
		}
		for _, s := range c.Samples {
			if want := delta(s.Row, s.Col); math.Abs(want-s.Value) > 1e-6*c.Norm {
				t.Errorf("%s[%d,%d] is %v, measured %v", c.Module, s.Row, s.Col, want, s.Value)
			}
		}
	}
}

func checkSamples(t *testing.T, dir string, prompts [][]chat.Message) {
	t.Helper()
	samples, err := LoadSamples(filepath.Join(dir, samplesFile))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, sample := range samples {
		if sample.Steps < 1 || sample.Base == "" || sample.Adapter == "" || strings.Contains(sample.Base, "<|im_end|>") {
			t.Errorf("%+v", sample)
		}
		got = append(got, sample.Phase+" "+sample.Prompt)
	}
	var want []string
	for _, phase := range []string{Sanity + " ", Final + " "} {
		for _, prompt := range prompts {
			want = append(want, phase+prompt[len(prompt)-1].Content)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("samples %q, want %q", got, want)
	}
}

// checkFolder looks at the other files of a run.
func checkFolder(t *testing.T, dir string) {
	t.Helper()
	var names []string
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	if want := []string{adapterDir, ChangesFile, eventsFile, resultFile, samplesFile, specFile, logFile}; !slices.Equal(names, want) {
		t.Errorf("left %v, want %v", names, want)
	}
	settings := readFile(t, dir, adapterDir, adapterSettings)
	if !strings.Contains(settings, `"base_model_name_or_path": "demo/base"`) || strings.Contains(settings, filepath.Dir(dir)) {
		t.Errorf("%s", settings)
	}
	if events := strings.Count(readFile(t, dir, eventsFile), "\n"); events < 9 {
		t.Errorf("%d events", events)
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	p := Progress{}.next([]byte(`{"phase":"train","step":3,"steps":10,"loss":1.5,"eval_loss":null,"tokens":99,"eta_s":61.4}`))
	p = p.next([]byte(`{"phase":"train","step":3,"steps":10,"loss":null,"eval_loss":1.25,"tokens":99,"eta_s":null}`))
	if want := (Progress{Phase: "train", Step: 3, Steps: 10, Loss: 1.5, EvalLoss: 1.25, Tokens: 99}); p != want {
		t.Errorf("%+v, want %+v", p, want)
	}
	if got := p.next([]byte(`{"phase":`)); got != p {
		t.Errorf("broken: %+v", got)
	}
	if got := p.next([]byte(`{"eta_s":1e300}`)).ETA; got <= 0 || got > 40*365*24*time.Hour {
		t.Errorf("a time of %v", got)
	}
}
