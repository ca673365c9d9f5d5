package report

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/text"
)

// Forecast is what a run would do, take and see, said before it.
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
	DiskBytes int64        `json:"disk_bytes"`
	Sights    []gate.Sight `json:"sights"`
	// NoiseFrom says where the sights' noise comes from.
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

// PlannedTraining is the size of a training. Tokens count every pass over the
// rows; CharactersPerToken is what they were estimated with, 0 where they were
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

// ForecastText renders a forecast for a terminal.
func ForecastText(f Forecast) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "dry run: %s into %s; nothing was done\n",
		revision(plain, Revision{f.HeadRef, f.HeadSHA}), revision(plain, Revision{f.BaseRef, f.BaseSHA}))
	for _, note := range f.Notes[:min(len(f.Notes), maxNotes)] {
		fmt.Fprintf(&out, "note: %s\n", inert(line(note, 400)))
	}
	if f.Ends != "" {
		fmt.Fprintf(&out, "nothing would be trained: %s\n", inert(line(f.Ends, 400)))
	}
	fmt.Fprintln(&out)
	f.printStages(&out)
	f.printNeeds(&out)
	f.printSights(&out)
	return out.Bytes()
}

func (f Forecast) printStages(out *bytes.Buffer) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "stage\tstate\ttime\twhat")
	for _, stage := range f.Stages {
		took := lasting(stage.Seconds)
		if stage.State == Kept {
			took = "-"
		}
		detail := ""
		if stage.Detail != "" {
			detail = inert(line(stage.Detail, 200))
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", name(stage.Name), stage.State, took, detail)
	}
	table.Flush() // a bytes.Buffer does not fail
	if f.kept() {
		fmt.Fprintln(out, "every result is kept, so there is nothing to wait for")
		return
	}
	var from []string
	for _, stage := range f.Stages {
		if stage.From != "" {
			from = append(from, stage.Name+": "+stage.From)
		}
	}
	fmt.Fprintf(out, "time in all: %s", lasting(f.Seconds))
	if len(from) > 0 {
		fmt.Fprintf(out, " (from %s)", inert(line(strings.Join(from, "; "), 400)))
	}
	fmt.Fprintln(out)
}

// kept says that the run would reuse everything.
func (f Forecast) kept() bool {
	return !slices.ContainsFunc(f.Stages, func(s PlannedStage) bool { return s.State != Kept })
}

func (f Forecast) printNeeds(out *bytes.Buffer) {
	if f.Ends != "" || f.kept() {
		return
	}
	var parts []string
	if f.Memory.TrainBytes > 0 {
		parts = append(parts, fmt.Sprintf("%s to train (%s)", text.Bytes(f.Memory.TrainBytes), f.Memory.From))
	}
	if f.Memory.ServeBytes > 0 {
		parts = append(parts, text.Bytes(f.Memory.ServeBytes)+" to serve")
	}
	if len(parts) > 0 {
		where := "memory"
		if f.Memory.GPU {
			where = "memory of the GPU"
		}
		fmt.Fprintf(out, "%s: %s\n", where, strings.Join(parts, ", "))
	}
	fmt.Fprintf(out, "disk: %s more\n", text.Bytes(f.DiskBytes))
}

func (f Forecast) printSights(out *bytes.Buffer) {
	if len(f.Sights) == 0 {
		return
	}
	fmt.Fprintf(out, "\nwhat the suites can see, with a chance of 80 %% (%s):\n", inert(line(f.NoiseFrom, 300)))
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, sight := range f.Sights[:min(len(f.Sights), maxRows)] {
		rule := gate.Rule{Rule: sight.Rule, Suite: sight.Suite, N: sight.Cases, Clusters: sight.Groups}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", name(sight.Rule), suites(bare, rule), size(rule), seen(sight))
	}
	table.Flush()
	if more := len(f.Sights) - maxRows; more > 0 {
		fmt.Fprintf(out, "and %s more\n", count(more, "rule"))
	}
}

// seen says what a rule can see, and how many cases would make it see more.
func seen(s gate.Sight) string {
	what := "drops"
	if s.Rule == gate.PromoteGain {
		what = "gains"
	}
	var words string
	switch {
	case s.Detects < 1 && s.More > 0:
		words = fmt.Sprintf("%s of %s points; %d more cases make it %s", what, gate.Points(s.Detects), s.More, gate.Points(s.Then))
	case s.Detects < 1:
		words = fmt.Sprintf("%s of %s points", what, gate.Points(s.Detects))
	case s.More > 0:
		words = fmt.Sprintf("nothing; with %d more cases %s of %s points", s.More, what, gate.Points(s.Then))
	default:
		words = "nothing"
	}
	switch {
	case s.Hopeless:
		words += fmt.Sprintf("; no number of cases that can be written excludes a drop of %s, so widen the margin", gate.Points(s.Margin))
	case s.Needs > 0:
		words += fmt.Sprintf("; %d more cases are needed to exclude a drop of %s", s.Needs, gate.Points(s.Margin))
	}
	return words
}

// lasting writes seconds; nil is not known.
func lasting(seconds *float64) string {
	if seconds == nil {
		return "unknown"
	}
	return duration(*seconds)
}
