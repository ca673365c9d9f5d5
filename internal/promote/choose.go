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

// choice is the run to promote, and notes on how it was chosen.
type choice struct {
	record runs.Record
	notes  []string
}

// choose returns the named run, that of an already promoted version,
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

// latest is the newest run of the repository with a promotable model of
// the data that the base branch holds. It refuses where a newer verdict on that data
// contradicts it. What it skips is noted.
func (o Options) latest(ctx context.Context, m machine.Machine, promotions ledger.Ledger, name string) (choice, error) {
	records, err := runs.All(m.Home)
	if err != nil {
		return choice{}, err
	}
	records = slices.DeleteFunc(records, func(r runs.Record) bool {
		return o.Repository != "" && r.Repository != o.Repository || of(name, r) != nil
	})
	if !slices.ContainsFunc(records, hasModel) {
		return choice{}, refuse(ErrUsage, "no run of this repository has made a model yet (hint: run `tunegate run` on a change of the data)")
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
		if err != nil { // the verdict is unknown
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
		m.Progress.Say("using run %s, the latest that can be promoted: %s", record.ID, told(record))
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
	return choice{}, refuse(ErrUsage, "no run of this repository can be promoted: the latest, %s, is %s (hint: `tunegate list` shows the models)", last.ID, told(last))
}

// held is what a model must be made of; the zero Held allows anything.
func (o Options) held(ctx context.Context) (Held, error) {
	if o.Holds == nil {
		return Held{}, nil
	}
	return o.Holds(ctx)
}

// notHeld refuses the latest of the runs that could be promoted.
func (o Options) notHeld(latest runs.Record, branch Held) error {
	return refuse(ErrUsage, "the latest run that could be promoted is %s (%s), but %.100q does not contain its data, and no promotable run was trained on what it contains now (hint: merge its change, and fetch if that is done elsewhere; or run `tunegate promote %s --run %[1]s` to promote it anyway)",
		latest.ID, told(latest), branch.Branch, o.Version)
}

// lacks lists the newer runs that were skipped, the newest first, as the branch does not
// hold their data.
func (h Held) lacks(unmerged []runs.Record) (notes []string) {
	for _, later := range unmerged[:min(len(unmerged), maxPassedOver)] {
		notes = append(notes, fmt.Sprintf("run %s is newer, but %.100q does not contain its data (%s)", later.ID, h.Branch, told(later)))
	}
	return notes
}

// verdictOf is a run with its verdict.
type verdictOf struct {
	record  runs.Record
	verdict gate.Verdict
}

// still makes sure that a promotable run is to be promoted in spite of the
// newer ones, and is not a version yet.
func (o Options) still(record runs.Record, verdict gate.Verdict, newer []verdictOf, versions []ledger.Entry) error {
	for _, later := range newer {
		if later.record.Lineage != record.Lineage { // the branch does not hold its data
			continue
		}
		return refuse(ErrVerdict, "the latest run that could be promoted is %s, but run %s judged the same data later, with the verdict %s: %s (hint: see `tunegate show %[2]s`, or run `tunegate promote %[5]s --run %[1]s` to promote the earlier one anyway)",
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
		return refuse(kind, "the latest model that can be promoted, of run %s, is already %s%s (hint: see `tunegate list`, or run `tunegate promote %s --run %[1]s` to give it another version)", record.ID, known.Version, since, o.Version)
	}
	return nil
}

// hasModel reports whether a run made a candidate, or judged one again: a run that ended
// before, such as for its data's errors, has none.
func hasModel(r runs.Record) bool { return r.Candidate != "" }

// told describes a run's subject and result.
func told(r runs.Record) string {
	about := fmt.Sprintf("%.100q into %.100q", r.HeadRef, r.BaseRef)
	if r.Retrains {
		about = fmt.Sprintf("%.100q itself", r.BaseRef)
	}
	return about + ", " + cmp.Or(r.Outcome, r.Ended, string(r.State))
}

// maxPassedOver bounds the runs that a note lists.
const maxPassedOver = 3

// passedOver lists the newer models that were skipped, the newest first.
func passedOver(newer []verdictOf) (notes []string) {
	models := slices.DeleteFunc(slices.Clone(newer), func(v verdictOf) bool { return !hasModel(v.record) })
	for _, later := range models[:min(len(models), maxPassedOver)] {
		notes = append(notes, fmt.Sprintf("run %s is newer, but cannot be promoted (%s)", later.record.ID, told(later.record)))
	}
	return notes
}
