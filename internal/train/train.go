// Package train trains a LoRA adapter on the rows of the dataset stage. The embedded
// program train.py does the work; this package writes its spec, keeps its log and
// checks its output: the adapter, its change of each weight matrix, and sample answers
// by base and adapter.
package train

import (
	"context"
	"fmt"

	"github.com/tunegate/tunegate/internal/chat"
)

// LoRA configures the adapter.
type LoRA struct {
	R             int      `json:"r"`
	Alpha         float64  `json:"alpha"`
	Dropout       float64  `json:"dropout"`
	TargetModules []string `json:"target_modules"` // last parts of names of the base's linear layers
	RSLoRA        bool     `json:"rslora"`         // scale by alpha/sqrt(r) instead of alpha/r
}

// Options are what the user chooses; they go into the stage's key.
type Options struct {
	Quantization              string  `json:"quantization"` // of the base while training: nf4 (QLoRA) or none (16-bit LoRA)
	LoRA                      LoRA    `json:"lora"`
	LearningRate              float64 `json:"learning_rate"` // at its peak
	Epochs                    float64 `json:"epochs"`
	SequenceLen               int     `json:"sequence_len"` // tokens; a longer row is an error
	MicroBatchSize            int     `json:"micro_batch_size"`
	GradientAccumulationSteps int     `json:"gradient_accumulation_steps"`
	SanitySteps               int     `json:"sanity_steps"` // 0: a tenth of the run, at most 20
}

// Quantizations are the values of Options.Quantization.
func Quantizations() []string { return []string{"nf4", "none"} }

// Input is a run's input.
type Input struct {
	BaseDir       string // folder with the base's config, weights and tokenizer
	BaseName      string // what the adapter's config calls the base
	TrainRows     string // path of the dataset stage's train.jsonl
	ValRows       string // path of its val.jsonl; empty, or an empty file: no validation
	Seed          uint64
	SanityPrompts [][]chat.Message // asked after the sanity run and after the full run
}

// Result is what a run measured. All but Device, Seconds, TokensPerSecond and
// PeakMemoryBytes is the same for the same input on the same machine without GPU.
type Result struct {
	Versions        map[string]string `json:"versions"` // of Python and its packages
	Device          string            `json:"device"`
	Precision       string            `json:"precision"` // that of the arithmetic
	Seed            uint64            `json:"seed"`
	DataSeed        uint64            `json:"data_seed"`
	TrainRows       int               `json:"train_rows"`
	ValRows         int               `json:"val_rows"`
	Steps           int               `json:"steps"`  // of the optimizer
	Tokens          int               `json:"tokens"` // trained, without padding
	Seconds         float64           `json:"seconds"`
	TokensPerSecond float64           `json:"tokens_per_second"`
	PeakMemoryBytes int64             `json:"peak_memory_bytes"` // of the GPU; without one of the process
	TrainLoss       float64           `json:"train_loss"`        // mean of all steps
	EvalLoss        *float64          `json:"eval_loss"`         // of the checkpoint that became the adapter; null: no validation rows
	Modules         int               `json:"modules"`           // weight matrices that the adapter changes
	AdapterSHA256   string            `json:"adapter_sha256"`    // of adapter_model.safetensors
}

// The files of a finished run, besides ChangesFile and those of adapterDir; jobFile and
// checkpointsDir are there only until then.
const (
	specFile        = "spec.json"
	eventsFile      = "events.jsonl"
	logFile         = "trainer.log"
	samplesFile     = "samples.jsonl"
	resultFile      = "result.json"
	adapterDir      = "adapter"
	jobFile         = "job.json"
	checkpointsDir  = "checkpoints"
	adapterWeights  = "adapter_model.safetensors"
	adapterSettings = "adapter_config.json"
)

// Run trains in dir (absolute, existing) and fills it. It resumes an earlier attempt
// with the same spec: it follows a job that is still running, continues a killed run
// from its last checkpoint to the same adapter, and returns a finished one. When ctx
// ends, the job is cancelled. A failure that the trainer names, such as a failed guard,
// is a [*python.Problem]; others end with the last lines of the trainer's log.
func Run(ctx context.Context, launcher Launcher, o Options, in Input, dir string, progress func(Progress)) (Result, error) {
	if err := checkBase(in.BaseDir); err != nil {
		return Result{}, fmt.Errorf("train: %w", err)
	}
	s, err := newSpec(o, in, dir)
	if err != nil {
		return Result{}, fmt.Errorf("train: %w", err)
	}
	result, err := s.run(ctx, launcher, progress)
	if err != nil {
		return Result{}, fmt.Errorf("train: %w", err)
	}
	return result, nil
}
