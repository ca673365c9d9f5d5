package report

import (
	"slices"

	"github.com/tunegate/tunegate/internal/gate"
)

// Forecast is what a run would do, take and detect, said before it.
type Forecast struct {
	BaseRef string `json:"base_ref"`
	BaseSHA string `json:"base_sha"`
	HeadRef string `json:"head_ref"`
	HeadSHA string `json:"head_sha"`
	// Ends says why the run would train nothing; empty: it would.
	Ends     string           `json:"ends,omitempty"`
	Notes    []string         `json:"notes,omitempty"`
	Rows     PlannedRows      `json:"rows"`
	Training *PlannedTraining `json:"training,omitempty"`
	Asked    *PlannedAsking   `json:"asked,omitempty"`
	Stages   []PlannedStage   `json:"stages"`
	// Seconds is the time of all stages together; null: not known.
	Seconds *float64      `json:"seconds"`
	Memory  PlannedMemory `json:"memory"`
	// DiskBytes is what the run would add to the home, its checkpoints included.
	DiskBytes int64 `json:"disk_bytes"`
	// Effects are the smallest changes that the rules will detect, a rule each.
	Effects []gate.DetectableEffect `json:"sights"`
	// NoiseFrom says where the noise of the effects comes from.
	NoiseFrom string `json:"noise_from,omitempty"`
}

// PlannedRows counts what the dataset stage makes.
type PlannedRows struct {
	Records    int `json:"records"`
	Train      int `json:"train"`
	Validation int `json:"validation"`
	// Lines are the rows to train on times their weights.
	Lines     int `json:"lines"`
	NewErrors int `json:"new_errors"`
}

// PlannedTraining is the size of a training. Steps and Tokens are those of the full
// run, every pass over the rows; CharactersPerToken is what they were estimated with, 0 where they were
// counted.
type PlannedTraining struct {
	Steps              int     `json:"steps"`
	SanitySteps        int     `json:"sanity_steps"`
	Tokens             int     `json:"tokens"`
	CharactersPerToken float64 `json:"characters_per_token,omitzero"`
	From               string  `json:"from,omitempty"`
}

// PlannedAsking is the size of an evaluation of one model.
type PlannedAsking struct {
	Cases     int `json:"cases"`
	Questions int `json:"questions"`
}

// The states of a planned stage: its result is kept, an earlier attempt did a
// part of it, or all of it is to do.
const (
	Kept = "kept"
	Part = "part"
	ToDo = "to do"
)

// PlannedStage is one stage of a planned run.
type PlannedStage struct {
	Name  string `json:"stage"`
	State string `json:"state"`
	// Seconds is what it will take; null: nothing like it was done here yet.
	Seconds *float64 `json:"seconds"`
	From    string   `json:"from,omitempty"` // what Seconds is drawn from
	Detail  string   `json:"detail,omitempty"`
}

// PlannedMemory is what the run needs at its peaks, in bytes; 0: nothing is
// trained, or served.
type PlannedMemory struct {
	GPU        bool   `json:"gpu"` // of the GPU, else of the machine
	TrainBytes int64  `json:"train_bytes"`
	ServeBytes int64  `json:"serve_bytes"`
	From       string `json:"from,omitempty"` // what TrainBytes is drawn from
}

// Kept says that the run would reuse everything.
func (f Forecast) Kept() bool {
	return !slices.ContainsFunc(f.Stages, func(s PlannedStage) bool { return s.State != Kept })
}
