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

// askedRows bounds the new rows that the baseline is asked.
const askedRows = 16

// Question is a row that the change adds, and the value of its answer.
type Question struct {
	Row   dataset.Row
	Value string
}

// sampled keeps the rows of the smallest ids, in their order: some rows, and the
// same ones every time.
func sampled(rows []Question, row Question) []Question {
	at, _ := slices.BinarySearchFunc(rows, row, func(a, b Question) int { return cmp.Compare(a.Row.ID, b.Row.ID) })
	rows = slices.Insert(rows, at, row)
	return rows[:min(len(rows), askedRows)]
}

// Sample is some of the new rows whose answer ends in a value.
func (r *Rows) Sample() []Question { return r.sample }

// Known is what the baseline made of the new rows, by the rows' ids; a row that
// could not be judged is missing.
type Known map[string]bool

// Ask asks a model the rows' questions and grades its answers by the rows' own.
func Ask(ctx context.Context, e eval.Evaluation, questions []Question) (Known, error) {
	right := Known{}
	for _, q := range questions {
		messages := q.Row.Messages[:len(q.Row.Messages)-1]
		if messages[0].Role == chat.System { // the tag's own holds
			messages = messages[1:]
		}
		knows, err := e.Knows(ctx, messages, q.Value)
		if err != nil {
			return nil, err
		}
		if knows != nil {
			right[q.Row.ID] = *knows
		}
	}
	return right, nil
}

// Probe tells the report what the baseline knew of the new rows before any
// training: of data that it has right little gain can be expected. It is nil where
// no row could be judged.
func (r *Rows) Probe(known Known) *report.BaselineProbe {
	if len(known) == 0 {
		return nil
	}
	about := &report.BaselineProbe{Eligible: len(r.values), Asked: len(known)}
	for _, q := range r.sample {
		if known[q.Row.ID] {
			about.Correct++
			question, _ := lastTurn(q.Row)
			about.Rows = append(about.Rows, r.shown(q.Row.Source, question))
		}
	}
	return about
}
