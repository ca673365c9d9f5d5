// Package attribution finds the training rows that are most similar to the cases that
// regressed, and the new rows that the baseline can be asked before the verdict.
package attribution

import (
	"context"
	"fmt"
	"slices"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/maths"
	"github.com/tunegate/tunegate/internal/place"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/text"
)

// eachRow takes every row of a train.jsonl once, whatever its weight, in the
// order of the file.
func eachRow(ctx context.Context, path string, take func(dataset.Row)) error {
	seen := map[string]bool{}
	for row, err := range dataset.Rows(path) {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return err
		case len(row.Messages) < 2:
			return fmt.Errorf("%s: row %.20s has no question (hint: run again with --force dataset)", path, row.ID)
		}
		if key := row.ID + " " + row.Source; !seen[key] {
			seen[key] = true
			take(row)
		}
	}
	return ctx.Err()
}

// lastTurn is a row's last question and answer.
func lastTurn(row dataset.Row) (question, answer string) {
	last := len(row.Messages) - 1
	return row.Messages[last-1].Content, row.Messages[last].Content
}

const (
	nearRows     = 3  // how many rows are shown beside a case that regressed
	leastSimilar = .1 // the least similarity of such a row
)

// Rows is what one reading of the training rows finds: those most like what
// regressed, which may have taught it, and the new ones that the baseline can be
// asked.
type Rows struct {
	places    place.Places
	side      func(path string) report.Side
	regressed []report.Flip
	finder    *text.Finder
	near      [][]nearRow     // by case of regressed, the most similar first
	values    map[string]bool // ids of the new rows whose answer ends in a value
	sample    []Question      // of these, by id
}

// nearRow is a row that is like what regressed.
type nearRow struct {
	source, question string
	similarity       float64
	new              bool
}

// Read reads a file of rows for the cases that are shown as regressed. Similarity
// is Jaccard's, of the word pairs of question and answer. Side says at which commit
// a record file is shown.
func Read(ctx context.Context, path string, places place.Places, side func(path string) report.Side, regressed []report.Flip) (*Rows, error) {
	wordings := make([]string, len(regressed))
	for i, b := range regressed {
		wordings[i] = b.Question + "\n" + b.Candidate
	}
	r := &Rows{
		places: places, side: side, regressed: regressed, finder: text.NewFinder(wordings, 2, leastSimilar),
		near: make([][]nearRow, len(regressed)), values: map[string]bool{},
	}
	return r, eachRow(ctx, path, r.take)
}

func (r *Rows) take(row dataset.Row) {
	question, answer := lastTurn(row)
	isNew := r.places.Of(row.Source).New
	r.finder.Find(question+"\n"+answer, func(i int, similarity float64) {
		r.near[i] = insert(r.near[i], nearRow{row.Source, question, similarity, isNew})
	})
	if !isNew || r.values[row.ID] {
		return
	}
	if value, found := maths.Value(answer); found {
		r.values[row.ID] = true
		r.sample = sampled(r.sample, Question{row, value})
	}
}

// insert keeps the most similar rows, those first and new ones before old.
func insert(rows []nearRow, row nearRow) []nearRow {
	at := len(rows)
	for at > 0 && (row.similarity > rows[at-1].similarity || row.similarity == rows[at-1].similarity && row.new && !rows[at-1].new) {
		at--
	}
	rows = slices.Insert(rows, at, row)
	return rows[:min(len(rows), nearRows)]
}

// Nearest tells the report of the rows most like each case that regressed, by the
// case's name.
func (r *Rows) Nearest() map[string][]report.Row {
	shown := make(map[string][]report.Row, len(r.regressed))
	for i, b := range r.regressed {
		for _, near := range r.near[i] {
			row := r.shown(near.source, near.question)
			row.Similarity = near.similarity
			shown[b.Name] = append(shown[b.Name], row)
		}
	}
	return shown
}

// shown tells the report of a row.
func (r *Rows) shown(source, question string) report.Row {
	at := r.places.Of(source)
	return report.Row{File: at.File, Line: at.Line, Side: r.side(at.File), New: at.New, Question: question}
}
