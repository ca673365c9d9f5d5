package attribution

import (
	"cmp"
	"context"
	"slices"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/report"
)

// maxProbed bounds the new rows that the baseline is probed with.
const maxProbed = 16

// Question is a row that the change adds, and the value of its answer.
type Question struct {
	Row   dataset.Row
	Value string
}

// sampled keeps the rows with the smallest ids, in order: a sample that is the same in
// every run.
func sampled(rows []Question, row Question) []Question {
	at, _ := slices.BinarySearchFunc(rows, row, func(a, b Question) int { return cmp.Compare(a.Row.ID, b.Row.ID) })
	rows = slices.Insert(rows, at, row)
	return rows[:min(len(rows), maxProbed)]
}

// Sample is a sample of the new rows whose answer ends in a value.
func (r *Rows) Sample() []Question { return r.sample }

// Probed says of each row, by its id, whether the model answers it correctly; a row that
// could not be graded is missing.
type Probed map[string]bool

// Probe asks a model the rows' questions and grades its answers by the rows' own.
func Probe(ctx context.Context, e eval.Evaluation, questions []Question) (Probed, error) {
	probed := Probed{}
	for _, q := range questions {
		messages := q.Row.Messages[:len(q.Row.Messages)-1]
		if messages[0].Role == chat.System { // the tag has its own
			messages = messages[1:]
		}
		correct, err := e.Probe(ctx, messages, q.Value)
		if err != nil {
			return nil, err
		}
		if correct != nil {
			probed[q.Row.ID] = *correct
		}
	}
	return probed, nil
}

// BaselineProbe summarizes a probe of the baseline for the report: rows that it already
// answers promise little gain. It is nil if no row could be graded.
func (r *Rows) BaselineProbe(probed Probed) *report.BaselineProbe {
	if len(probed) == 0 {
		return nil
	}
	about := &report.BaselineProbe{Eligible: len(r.values), Asked: len(probed)}
	for _, q := range r.sample {
		if probed[q.Row.ID] {
			about.Correct++
			question, _ := lastTurn(q.Row)
			about.Rows = append(about.Rows, r.shown(q.Row.Source, question))
		}
	}
	return about
}
