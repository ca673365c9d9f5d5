// Package attribution finds the training rows most similar to the regressed cases, and
// probes the baseline with new rows.
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

// eachRow calls take for every row of a train.jsonl once, whatever its weight, in the
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
			return fmt.Errorf("%s: row %.20s has no question (hint: rerun with --force dataset)", path, row.ID)
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
	nearRows     = 3  // rows shown per regressed case
	leastSimilar = .1 // their minimum similarity
)

// Rows holds what one pass over the training rows finds: those most similar to the
// regressed cases, which may have caused them, and new ones to probe the baseline with.
type Rows struct {
	places    place.Places
	side      func(path string) report.Side
	regressed []report.Flip
	finder    *text.Finder
	near      [][]nearRow     // by case of regressed, the most similar first
	values    map[string]bool // ids of the new rows whose answer ends in a value
	sample    []Question      // of these, by id
}

// nearRow is a row similar to a regressed case.
type nearRow struct {
	source, question string
	similarity       float64
	new              bool
}

// Read reads a file of rows for the given regressed cases. Similarity is Jaccard's, of
// the word pairs of question and answer. Side names the commit at which a record file is
// shown.
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

// insert keeps the most similar rows, in that order, new ones before old.
func insert(rows []nearRow, row nearRow) []nearRow {
	at := len(rows)
	for at > 0 && (row.similarity > rows[at-1].similarity || row.similarity == rows[at-1].similarity && row.new && !rows[at-1].new) {
		at--
	}
	rows = slices.Insert(rows, at, row)
	return rows[:min(len(rows), nearRows)]
}

// Nearest returns the rows most similar to each regressed case, by the case's name.
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

// shown is a row for the report.
func (r *Rows) shown(source, question string) report.Row {
	at := r.places.Of(source)
	return report.Row{File: at.File, Line: at.Line, Side: r.side(at.File), New: at.New, Question: question}
}
