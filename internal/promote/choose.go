package promote

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/ledger"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/runs"
)

// choice is the run to promote, and what is to be said of how it was found.
type choice struct {
	record runs.Record
	notes  []string
}

// choose gives the run that is named, that of a version which is promoted already,
// or else the latest that can be promoted.
func (o Options) choose(ctx context.Context, m machine.Machine, promotions ledger.Ledger, name string) (choice, error) {
	named := o.Run
	for _, known := range promotions.Versions(name) {
		if known.Version == o.Version {
			named = cmp.Or(named, known.Run)
		}
	}
	if named == "" {
		return o.latest(ctx, m, promotions, name)
	}
	_, record, err := runs.Find(m.Home, named, "")
	if err != nil {
		return choice{}, refuse(ErrUsage, "%w", err)
	}
	return choice{record: record}, nil
}

// latest is the newest run of the repository that made a model which can be promoted, of
// the data that the base branch holds. It refuses where a newer verdict on that data
// speaks against it. What it passes over is told.
func (o Options) latest(ctx context.Context, m machine.Machine, promotions ledger.Ledger, name string) (choice, error) {
	records, err := runs.All(m.Home)
	if err != nil {
		return choice{}, err
	}
	records = slices.DeleteFunc(records, func(r runs.Record) bool {
		return o.Repository != "" && r.Repository != o.Repository || of(name, r) != nil
	})
	if !slices.ContainsFunc(records, hasModel) {
		return choice{}, refuse(ErrUsage, "no run of this repository has made a model yet (hint: `tunegate run` on a change of the data makes one)")
	}
	branch, err := o.held(ctx)
	if err != nil {
		return choice{}, err
	}
	var newer []verdictOf
	var unmerged []runs.Record // that could be promoted
	for _, record := range slices.Backward(records) {
		if record.Outcome == "" || record.Outcome == string(gate.Same) {
			continue
		}
		verdict, err := judged(m.Home, record)
		if err != nil { // it was against the model or for it: who knows
			verdict = gate.Verdict{Outcome: gate.Outcome(record.Outcome)}
		}
		if !verdict.Promotable {
			newer = append(newer, verdictOf{record, verdict})
			continue
		}
		if branch.Lineage != "" && record.Lineage != branch.Lineage {
			unmerged = append(unmerged, record)
			continue
		}
		if err := o.still(record, verdict, newer, promotions.Versions(name)); err != nil {
			return choice{}, err
		}
		m.Progress.Say("run %s is taken, the latest that can be promoted: %s", record.ID, told(record))
		return choice{record, append(passedOver(newer), branch.lacks(unmerged)...)}, nil
	}
	if len(unmerged) > 0 {
		return choice{}, o.notHeld(unmerged[0], branch)
	}
	for _, refused := range newer {
		if refused.verdict.ModelID != "" {
			_, err := approved(m.Home, refused.record)
			return choice{}, err
		}
	}
	models := slices.DeleteFunc(records, func(r runs.Record) bool { return !hasModel(r) })
	last := models[len(models)-1]
	return choice{}, refuse(ErrUsage, "no run of this repository made a model that can be promoted: the latest, %s, is %s (hint: `tunegate list` shows the models)", last.ID, told(last))
}

// held is what a model is taken of; the zero Held stands for anything.
func (o Options) held(ctx context.Context) (Held, error) {
	if o.Holds == nil {
		return Held{}, nil
	}
	return o.Holds(ctx)
}

// notHeld refuses the latest of the runs that could be promoted.
func (o Options) notHeld(latest runs.Record, branch Held) error {
	return refuse(ErrUsage, "the latest run that could be promoted is %s (%s), and %.100q does not hold what it was made of, nor has another run a model that can be promoted of what is there now (hint: merge its change, and fetch where that is done elsewhere; `tunegate promote %s --run %[1]s` promotes it all the same)",
		latest.ID, told(latest), branch.Branch, o.Version)
}

// lacks says which newer runs were not taken, the newest first, as the branch does not
// hold what they were made of.
func (h Held) lacks(unmerged []runs.Record) (notes []string) {
	for _, later := range unmerged[:min(len(unmerged), maxPassedOver)] {
		notes = append(notes, fmt.Sprintf("run %s is newer and of what %.100q does not hold (%s)", later.ID, h.Branch, told(later)))
	}
	return notes
}

// verdictOf is a run with the verdict that it came to.
type verdictOf struct {
	record  runs.Record
	verdict gate.Verdict
}

// still makes sure that what a verdict lets through is to be promoted in spite of the
// newer ones, and is no version yet.
func (o Options) still(record runs.Record, verdict gate.Verdict, newer []verdictOf, versions []ledger.Entry) error {
	for _, later := range newer {
		if later.record.Lineage != record.Lineage { // it is of what the branch does not hold
			continue
		}
		return refuse(ErrVerdict, "the latest run that could be promoted is %s, and run %s judged the same data later, with the verdict %s: %s (hint: `tunegate show %[2]s`; `tunegate promote %[5]s --run %[1]s` promotes the earlier one all the same)",
			record.ID, later.record.ID, later.verdict.Outcome, against(later.verdict), o.Version)
	}
	for _, known := range versions {
		if known.ModelID != verdict.ModelID {
			continue
		}
		kind, since := ErrUsage, ""
		if notes := passedOver(newer); len(notes) > 0 {
			kind, since = ErrVerdict, "; "+strings.Join(notes, "; ")
		}
		return refuse(kind, "the latest model that can be promoted, of run %s, is %s already%s (hint: `tunegate list`; `tunegate promote %s --run %[1]s` gives it one more version)", record.ID, known.Version, since, o.Version)
	}
	return nil
}

// hasModel says whether a run made a candidate, or judged one again: one that ended
// before, such as for its data's errors, has none.
func hasModel(r runs.Record) bool { return r.Candidate != "" }

// told says what a run was about and what came of it.
func told(r runs.Record) string {
	about := fmt.Sprintf("%.100q into %.100q", r.HeadRef, r.BaseRef)
	if r.Retrains {
		about = fmt.Sprintf("%.100q as it stands", r.BaseRef)
	}
	return about + ", " + cmp.Or(r.Outcome, r.Ended, string(r.State))
}

// maxPassedOver bounds the runs that a note names.
const maxPassedOver = 3

// passedOver says which newer models were not taken, the newest first.
func passedOver(newer []verdictOf) (notes []string) {
	models := slices.DeleteFunc(slices.Clone(newer), func(v verdictOf) bool { return !hasModel(v.record) })
	for _, later := range models[:min(len(models), maxPassedOver)] {
		notes = append(notes, fmt.Sprintf("run %s is newer and cannot be promoted (%s)", later.record.ID, told(later.record)))
	}
	return notes
}
