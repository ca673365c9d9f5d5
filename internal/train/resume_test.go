package train

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/tunegate/tunegate/internal/python/pythontest"
)

// Wherever a run is cut off, it ends with the adapter of a whole run: also with
// part of an epoch, accumulated gradients, and in its last moments. Nor does the
// sanity run leave a trace in the adapter.
func TestResumeAnywhere(t *testing.T) {
	t.Parallel()
	if os.Getenv("TUNEGATE_TEST_LONG") == "" {
		t.Skip("needs minutes: set TUNEGATE_TEST_LONG=1")
	}
	py, in := pythontest.Interpreter(t), input(t)
	o := options()
	o.Epochs, o.MicroBatchSize, o.GradientAccumulationSteps, o.LoRA.RSLoRA = 1.5, 2, 3, true
	attempt := func(dir string, at func(p Progress) bool) (Result, error) {
		s, err := newSpec(o, in, dir)
		if err != nil {
			t.Fatal(err)
		}
		s.SaveSeconds = 1e-3
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		return s.run(ctx, local(t, py), func(p Progress) {
			if at(p) {
				cancel()
			}
		})
	}
	never := func(Progress) bool { return false }
	whole, err := attempt(t.TempDir(), never)
	if err != nil {
		t.Fatal(err)
	}
	if whole.Steps != 11 {
		t.Errorf("%d steps", whole.Steps)
	}
	for name, at := range map[string]func(p Progress) bool{
		"load":   func(p Progress) bool { return p.Phase == "load" },
		"sanity": func(p Progress) bool { return p.Phase == "sanity" },
		"first":  func(p Progress) bool { return p.Phase == "train" && p.Step == 2 },
		"second": func(p Progress) bool { return p.Phase == "train" && p.Step == 9 },
		"last":   func(p Progress) bool { return p.Phase == "train" && p.Step == 11 },
		"check":  func(p Progress) bool { return p.Phase == "check" },
	} {
		dir := t.TempDir()
		if _, err := attempt(dir, at); !errors.Is(err, context.Canceled) {
			t.Fatalf("%s: %v", name, err)
		}
		resumed, err := attempt(dir, never)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if resumed.AdapterSHA256 != whole.AdapterSHA256 || resumed.TrainLoss != whole.TrainLoss || *resumed.EvalLoss != *whole.EvalLoss || resumed.Tokens != whole.Tokens {
			t.Errorf("cut off at %s: %+v\nwhole: %+v", name, resumed, whole)
		}
	}
	in.SanityPrompts = nil
	alone, err := attempt(t.TempDir(), never)
	if err != nil || alone.AdapterSHA256 != whole.AdapterSHA256 {
		t.Errorf("without a sanity run: %+v, %v", alone, err)
	}
}
