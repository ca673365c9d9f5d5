package pipeline

import (
	"context"
	"fmt"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/export"
	"github.com/tunegate/tunegate/internal/ledger"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/train"
)

// Steps are what a run does before its verdict, in order. Running them and looking
// at them is the same list: each says where its result is kept, from the results
// of those before it.
type Steps struct {
	*resources

	Dataset *step.Step[dataset.Result]

	// What can fail cheaply, and what all runs of one base share.
	Folder     *step.Step[map[string]string] // of the base; digests of its files, where they are the machine's
	BaseGGUF   *step.Step[export.Digest]
	Rendering  *step.Step[register.Rendering]
	Values     *step.Step[nothing] // of the suites, which a grader can read
	BaseExport *step.Step[export.Proof]
	Base       *step.Step[register.Registered] // NAME-base
	Trial      *step.Step[eval.Summary]        // NAME-base is asked a case a suite
	Baseline   *step.Step[register.Registered] // what the candidate is compared with

	Adapter          *step.Step[train.Result]
	Candidate        *step.Step[export.Proof]
	Registered       *step.Step[register.Registered] // the candidate
	BaselineAnswers  *step.Step[eval.Summary]
	CandidateAnswers *step.Step[eval.Summary]

	checks checks
	all    []step.Work
}

// NewSteps lists the steps of judging a change. The tag is the one that a new
// candidate gets. Nothing is done, started or asked yet.
func NewSteps(m machine.Machine, p *plan.Plan, tag string) *Steps {
	s := newSteps(newResources(m, p, ""))
	s.Adapter = s.adapter()
	s.Candidate = s.export(step.Export, "", s.candidateSlot, s.Adapter)
	s.Registered = s.register(step.Register, "", tag, func() (gguf, bool) { return exported(s.Candidate) })
	s.list()
	return s
}

// newSteps lists those up to the training.
func newSteps(r *resources) *Steps {
	s := &Steps{resources: r}
	s.Dataset = &step.Step[dataset.Result]{
		Stage: step.Dataset, Slot: known(r.plan.DatasetSlot),
		Do: func(ctx context.Context, dir string) (dataset.Result, error) {
			p := r.plan
			return dataset.Build(ctx, p.Config.Dataset, dataset.Input{Head: p.Head, Base: p.Base, Suites: p.Suites}, dir)
		},
	}
	s.Folder, s.BaseGGUF, s.Rendering = s.folder(), s.baseGGUF(), s.rendering()
	s.Values = s.values()
	s.BaseExport = s.export(step.Prepare, r.plan.Config.Name+"-base", s.baseExportSlot, nil)
	s.Base = s.register(step.Prepare, "the tag "+r.plan.Config.Name+"-base", r.plan.Config.Name+"-base", func() (gguf, bool) { return exported(s.BaseExport) })
	s.Trial = s.trial()
	s.Baseline = s.baseline()
	s.checks = s.newChecks()
	return s
}

// list puts the steps into their order.
func (s *Steps) list() {
	s.BaselineAnswers = s.answers(eval.Baseline, s.baselineModel)
	s.CandidateAnswers = s.answers(eval.Candidate, func() (register.Registered, bool, error) {
		return s.Registered.Value(), s.Registered.Known(), nil
	})
	s.all = []step.Work{
		s.Dataset,
		s.checks.files, s.checks.server, s.checks.promotion, s.Folder, s.checks.context, s.BaseGGUF, s.Rendering, s.checks.length,
		s.Values, s.BaseExport, s.Base, s.Trial, s.Baseline, s.checks.room,
	}
	if s.Adapter != nil {
		s.all = append(s.all, s.Adapter, s.Candidate)
	}
	s.all = append(s.all, s.Registered, s.BaselineAnswers, s.CandidateAnswers)
}

// Machine is where the steps are done.
func (s *Steps) Machine() machine.Machine { return s.machine }

// Plan is what they are about.
func (s *Steps) Plan() *plan.Plan { return s.plan }

// All gives the steps in their order.
func (s *Steps) All() []step.Work { return s.all }

// known is the slot of a step that no other step decides.
func known(slot func() store.Slot) func(context.Context) (*store.Slot, error) {
	return func(context.Context) (*store.Slot, error) {
		at := slot()
		return &at, nil
	}
}

// gguf is a file that is served.
type gguf struct {
	path, digest string
}

// exported is the file of an export, where it is known.
func exported(from *step.Step[export.Proof]) (gguf, bool) {
	return gguf{from.Entry().Path(export.GGUFFile), from.Value().GGUFSHA256}, from.Known()
}

// End is why a run trains nothing.
type End string

// The ends. Blocked and OverLimit give a verdict on the data.
const (
	GoesOn    End = ""
	Blocked   End = "blocked"    // the data has new errors
	OverLimit End = "over-limit" // it has more rows than the base allows
	Ungated   End = "ungated"    // the base has no config to judge by
	Unchanged End = "unchanged"  // the model to be judged is there already
)

// End says whether the rows, which are known, are to be trained on.
func (s *Steps) End() (End, error) {
	unchanged, err := unchanged(s.machine.Home, s.plan)
	if err != nil {
		return "", err
	}
	data := s.Dataset.Value()
	switch {
	case data.Blocked:
		return Blocked, nil
	case !unchanged && data.Stats.Rows > s.plan.Config.Limits.Rows:
		return OverLimit, nil
	case !s.plan.Gated:
		return Ungated, nil
	case unchanged:
		return Unchanged, nil
	}
	return GoesOn, nil
}

// unchanged says whether the model to be judged is there already: that of the
// base tip, which a change does not alter, or the promoted one, which the base
// tip itself would only make again.
func unchanged(home string, p *plan.Plan) (bool, error) {
	if !p.Retrains {
		return p.Lineage == p.BaseLineage, nil
	}
	promotions, err := ledger.Load(home)
	if err != nil {
		return false, err
	}
	stable, promoted := promotions.Stable(p.Config.Name)
	return promoted && stable.Lineage == p.Lineage, nil
}

// TooManyRows is the finding on data that has more rows than the base allows.
func (s *Steps) TooManyRows(configPath string) dataset.Finding {
	return dataset.Finding{
		Check: "limits", Level: string(dataset.Error), New: true, File: configPath, Line: 1,
		Message: fmt.Sprintf("%d rows would be trained on, and `limits.rows` of the base allows %d (hint: raise it in a change of its own, or leave rows out)", s.Dataset.Value().Stats.Rows, s.plan.Config.Limits.Rows),
	}
}

// Counted says in words what the dataset stage made.
func Counted(s dataset.Stats) string {
	words := fmt.Sprintf("%d records, %d rows to train on, %d held out", s.Records, s.Train, s.Validation)
	if s.Errors+s.Warnings > 0 {
		words += fmt.Sprintf("; %d errors and %d warnings are in dataset/findings.jsonl", s.Errors, s.Warnings)
	}
	return words
}
