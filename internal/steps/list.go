// Package steps lists, in order, what a run does before its verdict. Each step declares
// where its result is kept, what it needs and what it does. A run executes the list; a
// dry run inspects it.
package steps

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/export"
	"github.com/tunegate/tunegate/internal/ledger"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/records"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/text"
	"github.com/tunegate/tunegate/internal/train"
)

// List is the steps of one run. Each derives where its result is kept from the results
// of those before it.
type List struct {
	*resources

	Dataset *step.Of[dataset.Result]

	// What can fail early, and what all runs of one base share.
	Folder     *step.Of[map[string]string] // of the base; digests of its files, if they are the machine's
	BaseGGUF   *step.Of[export.Digest]
	Rendering  *step.Of[register.Rendering]
	Reference  *step.Of[register.Reference] // the base as the trainer loads it
	Values     *step.Of[nothing]            // of the suites, which a grader can read
	BaseExport *step.Of[export.Proof]
	Base       *step.Of[register.Registered] // NAME-base
	Agreement  *step.Of[register.Agreement]  // of the server with the trainer
	Trial      *step.Of[eval.Summary]        // NAME-base answers one case per suite
	Baseline   *step.Of[register.Registered] // what the candidate is compared with

	Adapter          *step.Of[train.Result]
	Candidate        *step.Of[export.Proof]
	Registered       *step.Of[register.Registered] // the candidate
	BaselineAnswers  *step.Of[eval.Summary]
	CandidateAnswers *step.Of[eval.Summary]

	options Options
	served  *register.Serve // how an existing model is served; nil: as in the plan
	checks  checks
	all     []step.Step
}

// Options configure a list.
type Options struct {
	Tag   string     // that a new candidate gets
	Logs  string     // the folder of what children write
	Force step.Stage // to run again even if its result is kept; empty: none
	Until step.Stage // the last one; empty: all
}

// Judge lists the steps of judging a change. Nothing is done, started or asked yet.
func Judge(m machine.Machine, p *plan.Plan, o Options) *List {
	s := newList(m, p, o)
	s.all = slices.Concat(
		[]step.Step{s.Dataset}, s.preparation(), []step.Step{s.checks.rows, s.checks.training},
		[]step.Step{s.Adapter, s.Candidate, s.Registered, s.BaselineAnswers, s.CandidateAnswers})
	if last := slices.Index(step.Stages(), o.Until); last >= 0 {
		s.all = slices.DeleteFunc(s.all, func(next step.Step) bool {
			stage, _ := next.Label()
			return slices.Index(step.Stages(), stage) > last
		})
	}
	return s
}

// Again lists the steps of judging an existing model: nothing is
// trained or exported.
func Again(m machine.Machine, p *plan.Plan, made runs.Artifact, o Options) *List {
	s := newList(m, p, o)
	s.served = &made.Candidate.Serve
	want := register.Registered{ModelID: made.ModelID, Tag: made.Candidate.Tag, GGUF: made.Candidate.Digest}
	s.Registered = &step.Of[register.Registered]{
		Stage: step.Register, Name: "restored",
		Do: func(ctx context.Context, _ string) (register.Registered, error) {
			return want, s.restore(ctx, want, made.Export, made.Register)
		},
	}
	s.all = append(s.preparation(), s.Registered, s.BaselineAnswers, s.CandidateAnswers)
	return s
}

// Setup lists the steps that runs of a repository share, up to the baseline's
// answers.
func Setup(m machine.Machine, p *plan.Plan, o Options) *List {
	s := newList(m, p, o)
	s.all = append(s.preparation(), s.BaselineAnswers)
	return s
}

// preparation is everything that can fail early, in order.
func (s *List) preparation() []step.Step {
	return []step.Step{
		s.checks.base, s.checks.server, s.checks.isolation, s.checks.promotion, s.checks.python, s.checks.disk,
		s.Values, s.Folder, s.BaseGGUF, s.Rendering, s.checks.prompts, s.Reference, s.BaseExport, s.Base, s.Agreement, s.Trial, s.Baseline,
	}
}

func newList(m machine.Machine, p *plan.Plan, o Options) *List {
	r := &resources{machine: m, plan: p, logs: o.Logs, loaded: map[string]bool{}}
	s := &List{resources: r, options: o}
	s.Dataset = &step.Of[dataset.Result]{
		Stage: step.Dataset, Slot: known(r.plan.DatasetSlot),
		Do: func(ctx context.Context, dir string) (dataset.Result, error) {
			made, err := dataset.Build(ctx, p.Config.Dataset, p.DatasetInput(), dir)
			if errors.Is(err, records.ErrTooMany) {
				err = plan.Input(err)
			}
			return made, err
		},
	}
	s.Folder, s.BaseGGUF, s.Rendering = s.folder(), s.baseGGUF(), s.rendering()
	s.Values = s.values()
	s.BaseExport = s.export(step.Prepare, r.plan.Config.Name+"-base", s.baseExportSlot, nil)
	s.Base = s.register(step.Prepare, "the tag "+r.plan.Config.Name+"-base", r.plan.Config.Name+"-base", func() (gguf, bool) { return exported(s.BaseExport) })
	s.Reference, s.Agreement = s.reference(), s.agreement()
	s.Trial = s.trial()
	s.Baseline = s.baseline()
	s.checks = s.newChecks()
	s.Adapter = s.adapter()
	s.Candidate = s.export(step.Export, "", s.candidateSlot, s.Adapter)
	s.Registered = s.register(step.Register, "", o.Tag, func() (gguf, bool) { return exported(s.Candidate) })
	s.BaselineAnswers = s.answers(eval.Baseline, s.baselineModel)
	s.CandidateAnswers = s.answers(eval.Candidate, func() (register.Registered, bool, error) {
		return s.Registered.Value(), s.Registered.Known(), nil
	})
	return s
}

// Machine is where the steps run.
func (s *List) Machine() machine.Machine { return s.machine }

// Plan is what they judge.
func (s *List) Plan() *plan.Plan { return s.plan }

// Options are those that the list was made with.
func (s *List) Options() Options { return s.options }

// All returns the steps in their order.
func (s *List) All() []step.Step { return s.all }

// known is the slot of a step that depends on no other step.
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

// exported is the file of an export, if it is known.
func exported(from *step.Of[export.Proof]) (gguf, bool) {
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
	Unchanged End = "unchanged"  // the model to be judged already exists
)

// End tells whether, and why, the rows are not to be trained on. They must be known.
func (s *List) End() (End, error) {
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

// unchanged reports whether the model to be judged already exists: that of the
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
func (s *List) TooManyRows(configPath string) (finding dataset.Finding, over bool) {
	return dataset.Finding{
		Check: dataset.CheckLimits, Level: string(dataset.Error), New: true, File: configPath, Line: 1,
		Message: fmt.Sprintf("the data has %s to train on, and the base branch's `limits.rows` allows %d (hint: raise the limit in a separate change, or remove rows)", text.Count(s.Dataset.Value().Stats.Rows, "row"), s.plan.Config.Limits.Rows),
	}, s.Dataset.Value().Stats.Rows > s.plan.Config.Limits.Rows
}

// Counted describes the result of the dataset stage in words.
func Counted(s dataset.Stats) string {
	words := fmt.Sprintf("%s, %s for training, %s for validation", text.Count(s.Records, "record"), text.Count(s.Train, "row"), text.Grouped(s.Validation))
	if s.Errors+s.Warnings > 0 {
		words += fmt.Sprintf("; dataset/findings.jsonl has %s and %s", text.Count(s.Errors, "error"), text.Count(s.Warnings, "warning"))
	}
	return words
}
