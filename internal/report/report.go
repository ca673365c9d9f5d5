// Package report renders a run: in goes one Report, out come the comment on a
// pull request (Markdown), a page to keep (HTML), a summary for a terminal, the
// model's card and its provenance. It is pure. Everything that records, models
// and pull requests wrote is cleaned, fenced and bounded.
package report

import (
	"time"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/suite"
	"github.com/tunegate/tunegate/internal/train"
)

// Report is all that a run has to say. Only Verdict and Policy are needed, and
// not even those unless State is Judged; what is missing is not shown.
type Report struct {
	// Name is what the config calls the model.
	Name    string
	State   State
	Error   string // why the run broke, where State is Broke
	Verdict gate.Verdict
	Policy  gate.Policy
	// Cases are the graded cases behind the verdict.
	Cases []eval.Case
	// Suites are those that were asked: they have the turns before an answer, and
	// the place of each case.
	Suites []suite.Suite
	// Head is what is judged, Base what it would go into.
	Head, Base Revision
	// Again says that the head is part of the base already, and judged once more.
	Again bool
	// Retrains says that no change is judged, but what the base itself holds.
	Retrains bool
	Links    Links
	// Sides say, by its path, where a file of the judged tree is shown as it was
	// judged; one that is missing: at the head.
	Sides map[string]Side
	// CandidateTag and BaselineTag are the tags that were asked.
	CandidateTag, BaselineTag string
	Stages                    []Stage
	// Forecast is what was said of the run before it; nil: nothing was.
	Forecast *Forecast
	Dataset  *Dataset
	Findings []dataset.Finding
	// Nearest are the training rows most like a case, the likest first, by the
	// case's name: SUITE/ID as the rules write it.
	Nearest  map[string][]Row
	Already  *Already // nil: not known
	Training *Training
	// Losses are the steps of the full run, in any order; of a step that was done
	// twice the later counts.
	Losses []Loss
	// Samples are the generations of the sanity run.
	Samples []Sample
	Export  *Export
	Origin  Origin
	// Notes are what else a reader must know, such as policy that changes only
	// after the merge.
	Notes []string
	// Reproduce is the command that makes this report again.
	Reproduce string
}

// Side is the commit at which a place is shown.
type Side string

// The sides. A merged file can be as neither has it.
const (
	HeadSide Side = "head"
	BaseSide Side = "base"
	Neither  Side = "none"
)

// Row is a training row, by the place of its record in the judged tree.
type Row struct {
	File     string
	Line     int
	Side     Side // empty: as Sides has its file
	Question string
	Likeness float64 // to what was looked for, 0 to 1
	New      bool    // the base does not have it
}

// Already counts what the new rows teach that the baseline could do before: Of
// new rows have an answer that ends in a value; of the Asked of them, a sample,
// it had Right right. Rows are some of those.
type Already struct {
	Of, Asked, Right int
	Rows             []Row
}

// Revision is a commit and the name it was given by.
type Revision struct{ Ref, SHA string }

// Links are http(s) addresses; empty: there is none. The files of head and base
// are shown below such as https://github.com/OWNER/NAME/blob/SHA, and Run is the
// workflow run that has the log.
type Links struct{ Head, Base, Run string }

// Stage is one stage of the run.
type Stage struct {
	Name    string
	Seconds float64
	// Reused says that an earlier run had made it.
	Reused bool
}

// Dataset counts what went into the training.
type Dataset struct{ Records, Train, Validation int }

// Training is how the training went. Losses are means per token, in nats.
type Training struct {
	Steps, Tokens   int
	TrainLoss       float64
	EvalLoss        *float64 // nil: there were no validation rows
	Recipe          *train.Options
	Device          string
	Precision       string
	Seed            uint64
	Versions        map[string]string // of Python and its packages
	PeakMemoryBytes int64
	AdapterSHA256   string
}

// Loss is one step of the training, or one validation after it. Losses are
// means per token, in nats.
type Loss struct {
	Step           int
	Loss, EvalLoss *float64 // nil: not measured at this step
}

// Sample is one sanity prompt with the answers of the base model and of the
// adapter.
type Sample struct{ Prompt, Base, Adapter string }

// Export is what the proof of the exported file found.
type Export struct {
	// Changed and Unchanged count tensors against the base's export.
	Changed, Unchanged int
	GGUFSHA256         string
}

// Origin says by what, when and of what the model was made.
type Origin struct {
	Run               string // its id
	Started, Finished time.Time
	Tool              string // this program's version
	Server            string // Ollama's version, or the digest of its program
	Lineage           string
	Base              BaseModel
	// Sources are the record files; License may be empty.
	Sources []dataset.Source
	// Materials are what went in, by digest.
	Materials []Material
}

// BaseModel is what was trained on, as the config names it.
type BaseModel struct{ Model, Revision, License string }

// Material is something that went into the model. Algorithm is one of in-toto's,
// such as sha256, gitBlob or gitCommit.
type Material struct{ Name, Algorithm, Digest string }
