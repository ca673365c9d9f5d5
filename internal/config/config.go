// Package config reads tunegate.yaml into the options of every stage, with all defaults
// filled in, or reports every mistake with its line. The defaults of its keys are set
// here, those of the dataset's checks in dataset.DefaultChecks.
package config

import (
	"time"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/export"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/train"
)

// FileName is where the configuration stands in a repository.
const FileName = "tunegate.yaml"

// What a candidate can be compared with, besides a tag.
const (
	StableModel = "stable" // the promoted model; nothing promoted yet: the base
	BaseModel   = "base"
)

// Auto is the value of a key that leaves the choice to tunegate.
const Auto = "auto"

// Config is a resolved configuration.
type Config struct {
	Name    string
	Seed    uint64
	Base    Base
	Dataset dataset.Options
	Train   train.Options
	Export  export.Options
	Serve   Serve
	Eval    Eval
	Runner  Runner
	Gate    gate.Policy
	Promote Promote
	Limits  Limits
}

// Base is the model that adapters are trained on.
type Base struct {
	// Model is a folder: inside the repository when relative, read from the
	// base commit; anywhere on the machine when absolute.
	Model    string `json:"model"`
	Revision string `json:"revision"`
	License  string `json:"license"`
}

// Serve says how the tags are served.
type Serve struct {
	// TemplateFile is a file of the repository with an Ollama template; empty:
	// a built-in one, recognised by what the base's chat template renders.
	TemplateFile string         `json:"template"`
	System       string         `json:"system"`
	Parameters   map[string]any `json:"parameters"`
}

// Eval says what the tags are asked.
type Eval struct {
	Suites        []string // globs inside the repository
	SanityPrompts string   // a file inside the repository; empty: no sanity generations
	Baseline      string   // StableModel, BaseModel, or a tag of the server
	NumCtx        int      // tokens
	NumPredict    int      // tokens
}

// Runner says what of the machine is used.
type Runner struct {
	Python string // "auto", or an interpreter that has everything
	Ollama string // "auto" for a private server, or the address of one to share
	GPU    GPU    // the card that it must have
}

// PrivateServer says whether runs start an Ollama server of their own.
func (r Runner) PrivateServer() bool { return r.Ollama == Auto }

// Limits bound what a pull request may ask of the trainer, and what its runs may
// take. Epochs and LoRAR are those of the train section where the file does not name
// them.
type Limits struct {
	Epochs   float64
	Rows     int
	LoRAR    int
	Duration time.Duration // of a run from its start, waiting included; 0: not said
	Disk     int64         // bytes of what runs keep in the home, the next one's included; 0: any
	Train    train.Options // the file's own, which bound what else takes time or memory
}

// MaxDuration is how long a run may take when nothing else is said: neither
// `limits.duration` nor --max-duration.
const MaxDuration = 5 * time.Hour
