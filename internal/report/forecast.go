package report

import (
	"slices"

	"github.com/tunegate/tunegate/internal/gate"
)

// Forecast predicts what a run would do, how long it takes and what it can detect.
type Forecast struct {
	BaseRef string `json:"base_ref"`
	BaseSHA string `json:"base_sha"`
	HeadRef string `json:"head_ref"`
	HeadSHA string `json:"head_sha"`
	// Ends is the reason why the run would train nothing; empty: it would train.
	Ends     string             `json:"ends,omitempty"`
	Notes    []string           `json:"notes,omitempty"`
	Rows     PlannedRows        `json:"rows"`
	Training *PlannedTraining   `json:"training,omitempty"`
	Asked    *PlannedEvaluation `json:"asked,omitempty"`
	Stages   []PlannedStage     `json:"stages"`
	// Seconds is the total time of all stages; null: unknown.
	Seconds *float64      `json:"seconds"`
	Memory  PlannedMemory `json:"memory"`
	// DiskBytes is what the run would add to the home, its checkpoints included.
	DiskBytes int64 `json:"disk_bytes"`
	// Effects are the minimum detectable effects, one per rule.
	Effects []gate.DetectableEffect `json:"sights"`
	// NoiseFrom names the source of the noise assumed for Effects.
	NoiseFrom string `json:"noise_from,omitempty"`
}

// PlannedRows counts the rows that the dataset stage builds.
type PlannedRows struct {
	Records    int `json:"records"`
	Train      int `json:"train"`
	Validation int `json:"validation"`
	// Lines are the training rows times their weights.
	Lines     int `json:"lines"`
	NewErrors int `json:"new_errors"`
}

// PlannedTraining is the size of a training. Steps and Tokens are those of the full
// run over all epochs. CharactersPerToken is the ratio that Tokens were estimated with;
// 0: they were counted.
type PlannedTraining struct {
	Steps              int     `json:"steps"`
	SanitySteps        int     `json:"sanity_steps"`
	Tokens             int     `json:"tokens"`
	CharactersPerToken float64 `json:"characters_per_token,omitzero"`
	From               string  `json:"from,omitempty"`
}

// PlannedEvaluation is the size of an evaluation of one model.
type PlannedEvaluation struct {
	Cases     int `json:"cases"`
	Questions int `json:"questions"`
}

// The states of a planned stage: its result is reused, an earlier attempt did part of
// it, or all of it is to do.
const (
	Kept = "kept"
	Part = "part"
	ToDo = "to do"
)

// PlannedStage is one stage of a planned run.
type PlannedStage struct {
	Name  string `json:"stage"`
	State string `json:"state"`
	// Seconds is the expected time; null: no earlier run to estimate from.
	Seconds *float64 `json:"seconds"`
	From    string   `json:"from,omitempty"` // source of Seconds
	Detail  string   `json:"detail,omitempty"`
}

// PlannedMemory is the peak memory of training and serving, in bytes; 0: nothing is
// trained, or served.
type PlannedMemory struct {
	GPU        bool   `json:"gpu"` // GPU memory, else main memory
	TrainBytes int64  `json:"train_bytes"`
	ServeBytes int64  `json:"serve_bytes"`
	From       string `json:"from,omitempty"` // source of TrainBytes
}

// Kept says that the run would reuse everything.
func (f Forecast) Kept() bool {
	return !slices.ContainsFunc(f.Stages, func(s PlannedStage) bool { return s.State != Kept })
}
