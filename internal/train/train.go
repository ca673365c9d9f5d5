// Package train trains a LoRA adapter. In go the rows of the dataset stage and
// a base model's folder; out come the adapter, what it changes in each weight
// matrix, and sample answers of base and adapter. The work is done by the
// embedded program train.py; this package writes its spec, keeps its log and
// checks what it left.
package train

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/store"
)

// LoRA is the shape of the adapter.
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

// Input is what a run is given.
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

// Progress is a moment of a run.
type Progress struct {
	Phase       string        // load, sanity, train, check
	Step, Steps int           // of the phase
	Loss        float64       // the last training loss; 0 before the first
	EvalLoss    float64       // the last validation loss; 0 before the first
	Tokens      int           // trained so far
	ETA         time.Duration // to the end of training; 0: not known
}

// The files of a finished run, besides those of adapterDir.
const (
	specFile        = "spec.json"
	eventsFile      = "events.jsonl"
	logFile         = "trainer.log"
	samplesFile     = "samples.jsonl"
	changesFile     = "changes.json"
	resultFile      = "result.json"
	adapterDir      = "adapter"
	checkpointsDir  = "checkpoints"
	adapterWeights  = "adapter_model.safetensors"
	adapterSettings = "adapter_config.json"
)

// Run trains in dir (absolute, existing) and fills it. What an earlier attempt
// with the same spec left there is taken up: a killed run goes on from its last
// checkpoint to the same adapter, a finished one is returned. A failure that the
// trainer names, such as a guard that did not hold, is a [*python.Problem];
// another one ends with the last lines of the trainer's log.
func Run(ctx context.Context, launcher proc.Launcher, interpreter python.Interpreter, o Options, in Input, dir string, progress func(Progress)) (Result, error) {
	if err := checkBase(in.BaseDir); err != nil {
		return Result{}, fmt.Errorf("train: %w", err)
	}
	s, err := newSpec(o, in, dir)
	if err != nil {
		return Result{}, fmt.Errorf("train: %w", err)
	}
	result, err := s.run(ctx, launcher, interpreter, progress)
	if err != nil {
		return Result{}, fmt.Errorf("train: %w", err)
	}
	return result, nil
}

func (s spec) run(ctx context.Context, launcher proc.Launcher, interpreter python.Interpreter, progress func(Progress)) (Result, error) {
	same, err := s.write()
	if err != nil {
		return Result{}, err
	}
	if same {
		if result, err := load(s.OutDir); err == nil {
			return result, nil
		}
	} else if err := s.discard(); err != nil {
		return Result{}, err
	}

	log, err := s.append(logFile)
	if err != nil {
		return Result{}, err
	}
	defer log.Close()
	events, err := s.append(eventsFile)
	if err != nil {
		return Result{}, err
	}
	defer events.Close()

	var last Progress
	command := interpreter.Command("train.py", "--spec", filepath.Join(s.OutDir, specFile), "--resume", "auto")
	command.Name = "trainer"
	answer, err := python.Run(ctx, launcher, command, log, func(raw json.RawMessage) {
		events.Write(append(raw, '\n')) // a lost event costs nothing
		last = last.next(raw)
		progress(last)
	})
	if err != nil {
		return Result{}, err
	}
	result, err := check(s.OutDir, answer)
	if err != nil {
		return Result{}, err
	}
	if err := store.WriteJSON(filepath.Join(s.OutDir, resultFile), result); err != nil {
		return Result{}, err
	}
	return result, os.RemoveAll(filepath.Join(s.OutDir, checkpointsDir))
}

// next is the progress after one of the trainer's answers.
func (p Progress) next(raw []byte) Progress {
	var event struct {
		Phase    string   `json:"phase"`
		Step     int      `json:"step"`
		Steps    int      `json:"steps"`
		Loss     *float64 `json:"loss"`
		EvalLoss *float64 `json:"eval_loss"`
		Tokens   int      `json:"tokens"`
		ETA      float64  `json:"eta_s"`
	}
	if json.Unmarshal(raw, &event) != nil {
		return p
	}
	next := Progress{
		Phase: event.Phase, Step: event.Step, Steps: event.Steps, Loss: p.Loss, EvalLoss: p.EvalLoss, Tokens: event.Tokens,
		ETA: time.Duration(math.Min(event.ETA, 1e9) * float64(time.Second)).Round(time.Second),
	}
	if event.Loss != nil {
		next.Loss = *event.Loss
	}
	if event.EvalLoss != nil {
		next.EvalLoss = *event.EvalLoss
	}
	return next
}
