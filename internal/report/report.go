// Package report models the result of a run. It holds the Report, the sentences and
// tables that all renderers share, and report.json, which passes a run's result to other
// jobs. It is pure. The packages below it render one output each: the comment on a pull
// request (comment), the HTML page (page), the model card (card), its provenance
// (provenance), and terminal output (terminal). They clean, fence and bound all text
// from records, models and pull requests.
package report

import (
	"time"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/train"
)

// Report is the result of a run. Only Verdict and Policy are required, and only if
// State is Judged; what is missing is not shown.
//
// It is the content of report.json (see Encode): a field that is added, renamed or
// dropped changes docs/schema/report.schema.json, and one that an older tunegate
// would misread raises Version.
type Report struct {
	Version int `json:"version"` // Encode sets it
	// Name is what the config calls the model.
	Name    string       `json:"name,omitempty"`
	State   State        `json:"state"`
	Error   string       `json:"error,omitempty"` // the run's error, where State is Broke
	Verdict gate.Verdict `json:"verdict"`
	Policy  gate.Policy  `json:"policy"`
	// Cases are the graded cases behind the verdict.
	Cases []eval.Case `json:"cases,omitempty"`
	// Suites are the evaluated ones, with the turns before an answer and the place of
	// each case.
	Suites []Suite `json:"suites,omitempty"`
	// Head is what is judged, Base what it would go into.
	Head Revision `json:"head"`
	Base Revision `json:"base"`
	// Again says that the head is already part of the base and is judged again.
	Again bool `json:"again,omitempty"`
	// Retrains says that the base itself is judged, not a change.
	Retrains bool  `json:"retrains,omitempty"`
	Links    Links `json:"links"`
	// Sides say, by its path, where a file of the judged tree is shown as it was
	// judged; one that is missing: at the head.
	Sides map[string]Side `json:"sides,omitempty"`
	// CandidateTag and BaselineTag are the evaluated tags.
	CandidateTag string  `json:"candidate_tag,omitempty"`
	BaselineTag  string  `json:"baseline_tag,omitempty"`
	Stages       []Stage `json:"stages,omitempty"`
	// Forecast is the prediction made before the run; nil: there was none.
	Forecast *Forecast         `json:"forecast,omitempty"`
	Dataset  *Dataset          `json:"dataset,omitempty"`
	Findings []dataset.Finding `json:"findings,omitempty"`
	// Nearest are the training rows most similar to a case, the most similar first, by
	// the case's name: SUITE/ID as the rules write it.
	Nearest map[string][]Row `json:"nearest,omitempty"`
	// BaselineProbe is nil if the baseline was not probed.
	BaselineProbe *BaselineProbe `json:"baseline_probe,omitempty" was:"Already"`
	Training      *Training      `json:"training,omitempty"`
	// Losses are the steps of the full run, in any order; of a repeated step the later
	// counts.
	Losses []Loss `json:"losses,omitempty"`
	// Samples are the generations of the sanity run.
	Samples []Sample `json:"samples,omitempty"`
	Export  *Export  `json:"export,omitempty"`
	Origin  Origin   `json:"origin"`
	// Notes are further remarks, such as a policy change that takes effect after the
	// merge.
	Notes []string `json:"notes,omitempty"`
	// Reproduce is the command that reproduces this report.
	Reproduce string `json:"reproduce,omitempty"`
}

// Side is the commit at which a file is shown.
type Side string

// The sides. A merged file may match neither.
const (
	HeadSide Side = "head"
	BaseSide Side = "base"
	Neither  Side = "none"
)

// Row is a training row, named by the place of its record in the judged tree.
type Row struct {
	File       string  `json:"file"`
	Line       int     `json:"line"`
	Side       Side    `json:"side,omitempty"` // empty: as Sides has its file
	Question   string  `json:"question"`
	Similarity float64 `json:"similarity,omitempty" was:"Likeness"` // to the regressed case, 0 to 1
	New        bool    `json:"new"`                                 // the base does not have it
}

// BaselineProbe counts the new rows that the baseline already answers before training.
// Of the Eligible new rows, whose answer ends in a value, a sample was Asked, and
// Correct of those answers were right. Rows are some of the latter.
type BaselineProbe struct {
	Eligible int   `json:"eligible" was:"Of"`
	Asked    int   `json:"asked"`
	Correct  int   `json:"correct" was:"Right"`
	Rows     []Row `json:"rows,omitempty"`
}

// Revision is a commit and the ref that named it.
type Revision struct {
	Ref string `json:"ref"`
	SHA string `json:"sha"`
}

// Links are http(s) addresses; empty: there is none. The files of head and base
// are shown below such as https://github.com/OWNER/NAME/blob/SHA, and Run is the
// workflow run that has the log.
type Links struct {
	Head string `json:"head,omitempty"`
	Base string `json:"base,omitempty"`
	Run  string `json:"run,omitempty"`
}

// Stage is one stage of the run.
type Stage struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
	// Reused says that the result comes from an earlier run.
	Reused bool `json:"reused,omitempty"`
}

// Dataset counts what went into the training.
type Dataset struct {
	Records    int `json:"records"`
	Train      int `json:"train"`
	Validation int `json:"validation"`
}

// Training is how the training went. Losses are means per token, in nats.
type Training struct {
	Steps           int               `json:"steps"`
	Tokens          int               `json:"tokens"`
	TrainLoss       float64           `json:"train_loss"`
	EvalLoss        *float64          `json:"eval_loss"` // nil: there were no validation rows
	Recipe          *train.Options    `json:"recipe,omitempty"`
	Device          string            `json:"device,omitempty"`
	Precision       string            `json:"precision,omitempty"`
	Seed            uint64            `json:"seed"`
	Versions        map[string]string `json:"versions,omitempty"` // of Python and its packages
	PeakMemoryBytes int64             `json:"peak_memory_bytes,omitempty"`
	AdapterSHA256   string            `json:"adapter_sha256,omitempty"`
}

// Loss is one step of the training, or one validation after it. Losses are
// means per token, in nats.
type Loss struct {
	Step     int      `json:"step"`
	Loss     *float64 `json:"loss,omitempty"` // nil: not measured at this step
	EvalLoss *float64 `json:"eval_loss,omitempty"`
}

// Sample is one sanity prompt with the answers of the base model and of the
// adapter.
type Sample struct {
	Prompt  string `json:"prompt"`
	Base    string `json:"base"`
	Adapter string `json:"adapter"`
}

// Export is the result of the proof of the exported file.
type Export struct {
	// Changed and Unchanged count tensors against the base's export.
	Changed    int    `json:"changed"`
	Unchanged  int    `json:"unchanged"`
	GGUFSHA256 string `json:"gguf_sha256"`
}

// Origin records how, when and from what the model was made.
type Origin struct {
	Run      string    `json:"run,omitempty"` // its id
	Started  time.Time `json:"started,omitzero"`
	Finished time.Time `json:"finished,omitzero"`
	Tool     string    `json:"tool,omitempty"`   // this program's version
	Server   string    `json:"server,omitempty"` // Ollama's version, or the digest of its program
	Lineage  string    `json:"lineage,omitempty"`
	Base     BaseModel `json:"base"`
	// Sources are the record files; their license may be empty.
	Sources []dataset.Source `json:"sources,omitempty"`
	// Materials are the inputs, by digest.
	Materials []Material `json:"materials,omitempty"`
}

// BaseModel is the model that was tuned, as the config names it.
type BaseModel struct {
	Model    string `json:"model,omitempty"`
	Revision string `json:"revision,omitempty"`
	License  string `json:"license,omitempty"`
}

// Material is an input of the model. Algorithm is one of in-toto's,
// such as sha256, gitBlob or gitCommit.
type Material struct {
	Name      string `json:"name"`
	Algorithm string `json:"algorithm"`
	Digest    string `json:"digest"`
}
