package train

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/store"
)

// spec is the input of train.py: resolved Options and Input, and everything else that
// decides the outcome. The program has no defaults.
type spec struct {
	BaseDir                   string           `json:"base_dir"`
	BaseName                  string           `json:"base_name"`
	TrainRows                 string           `json:"train_rows"`
	ValRows                   string           `json:"val_rows"`
	OutDir                    string           `json:"out_dir"`
	Seed                      uint64           `json:"seed"`
	WorldSize                 int              `json:"world_size"`
	Quantization              string           `json:"quantization"`
	LoRA                      LoRA             `json:"lora"`
	LearningRate              float64          `json:"learning_rate"`
	Scheduler                 string           `json:"scheduler"`
	Warmup                    float64          `json:"warmup"` // share of the steps
	WeightDecay               float64          `json:"weight_decay"`
	MaxGradNorm               float64          `json:"max_grad_norm"`
	Epochs                    float64          `json:"epochs"`
	SequenceLen               int              `json:"sequence_len"`
	MicroBatchSize            int              `json:"micro_batch_size"`
	GradientAccumulationSteps int              `json:"gradient_accumulation_steps"`
	SaveSeconds               float64          `json:"save_seconds"`
	SanitySteps               int              `json:"sanity_steps"`
	SanityPrompts             [][]chat.Message `json:"sanity_prompts"`
	SampleTokens              int              `json:"sample_tokens"`
}

// Settings that are not in the config: see [Revision] before a change. A checkpoint of a 7B run is half a
// gigabyte: every two minutes that is little for a disk, and little is lost.
const (
	scheduler    = "cosine"
	warmup       = 0.03
	weightDecay  = 0
	maxGradNorm  = 1
	saveSeconds  = 120
	sampleTokens = 96
)

func newSpec(o Options, in Input, dir string) (spec, error) {
	switch {
	case in.BaseName == "":
		return spec{}, errors.New("the base model has no name for the adapter's config")
	case in.Seed > math.MaxUint32:
		return spec{}, fmt.Errorf("seed %d: the trainer's random generators take 32 bits (hint: choose one below %d)", in.Seed, uint64(math.MaxUint32)+1)
	case !slices.Contains(Quantizations(), o.Quantization):
		return spec{}, fmt.Errorf("unknown quantization %q (hint: choose one of %s)", o.Quantization, strings.Join(Quantizations(), ", "))
	}
	valRows := in.ValRows
	if valRows != "" {
		info, err := os.Stat(valRows)
		if err != nil {
			return spec{}, err
		}
		if info.Size() == 0 {
			valRows = ""
		}
	}
	s := spec{
		BaseName: in.BaseName, Seed: in.Seed, WorldSize: 1, Quantization: o.Quantization, LoRA: o.LoRA,
		LearningRate: o.LearningRate, Scheduler: scheduler, Warmup: warmup, WeightDecay: weightDecay, MaxGradNorm: maxGradNorm,
		Epochs: o.Epochs, SequenceLen: o.SequenceLen, MicroBatchSize: o.MicroBatchSize,
		GradientAccumulationSteps: o.GradientAccumulationSteps, SaveSeconds: saveSeconds, SanitySteps: o.SanitySteps,
		SanityPrompts: append([][]chat.Message{}, in.SanityPrompts...), SampleTokens: sampleTokens,
	}
	for _, path := range []struct {
		to   *string
		from string
	}{{&s.BaseDir, in.BaseDir}, {&s.TrainRows, in.TrainRows}, {&s.ValRows, valRows}, {&s.OutDir, dir}} {
		if path.from == "" {
			continue
		}
		absolute, err := filepath.Abs(path.from)
		if err != nil {
			return spec{}, err
		}
		*path.to = absolute
	}
	return s, nil
}

// file is the content of spec.json.
func (s spec) file() ([]byte, error) {
	data, err := json.MarshalIndent(s, "", "  ")
	return append(data, '\n'), err
}

// written reports whether the folder holds this spec.
func (s spec) written() (bool, error) {
	data, err := s.file()
	if err != nil {
		return false, err
	}
	old, err := os.ReadFile(filepath.Join(s.OutDir, specFile))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && bytes.Equal(old, data), err
}

func (s spec) write() error {
	data, err := s.file()
	if err != nil {
		return err
	}
	return store.WriteFile(filepath.Join(s.OutDir, specFile), data)
}

// discard removes what a run with another spec left.
func (s spec) discard() error {
	var errs []error
	for _, name := range []string{jobFile, eventsFile, logFile, samplesFile, ChangesFile, resultFile, adapterDir, checkpointsDir} {
		errs = append(errs, os.RemoveAll(filepath.Join(s.OutDir, name)))
	}
	return errors.Join(errs...)
}

func (s spec) append(name string) (*os.File, error) {
	return os.OpenFile(filepath.Join(s.OutDir, name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
}

// checkBase checks for the base model's files, before Python takes half a minute to
// report the same less clearly.
func checkBase(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("base model: %w (hint: run `tunegate setup`, or correct base.model)", err)
	}
	for _, pattern := range []string{"config.json", "tokenizer.json", "tokenizer_config.json", "*.safetensors"} {
		if !slices.ContainsFunc(entries, func(e os.DirEntry) bool { ok, _ := filepath.Match(pattern, e.Name()); return ok }) {
			return fmt.Errorf("base model %s: %s is missing (hint: set base.model to a complete Hugging Face folder, or download it again)", dir, pattern)
		}
	}
	return nil
}
