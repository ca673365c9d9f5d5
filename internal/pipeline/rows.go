package pipeline

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/text"
)

// eachRow takes every row of a train.jsonl once, whatever its weight, in the
// order of the file.
func eachRow(ctx context.Context, path string, take func(dataset.Row)) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	decoder := jsontext.NewDecoder(bufio.NewReader(file), jsontext.AllowInvalidUTF8(true))
	seen := map[string]bool{}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		var row dataset.Row
		switch err := json.UnmarshalDecode(decoder, &row); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("%s: %w", path, err)
		case len(row.Messages) < 2:
			return fmt.Errorf("%s: row %.20s has no question (hint: run again with --force dataset)", path, row.ID)
		}
		if key := row.ID + " " + row.Source; !seen[key] {
			seen[key] = true
			take(row)
		}
	}
}

// lastTurn is a row's last question and answer.
func lastTurn(row dataset.Row) (question, answer string) {
	last := len(row.Messages) - 1
	return row.Messages[last-1].Content, row.Messages[last].Content
}

const (
	nearRows  = 3  // how many rows are shown beside a case that broke
	leastLike = .1 // the least likeness of such a row
)

// pass is what one reading of the rows finds: those most like what broke, which
// may have taught it, and the new ones that the baseline can be asked.
type pass struct {
	places *dataset.Places
	broke  []report.Broken
	finder *text.Finder
	near   [][]nearRow     // by case of broke, the likest first
	values map[string]bool // ids of the new rows whose answer ends in a value
	sample []newRow        // of these, by id
}

// nearRow is a row that is like what broke.
type nearRow struct {
	source, question string
	likeness         float64
	new              bool
}

// readRows reads the rows for the cases that are shown as broken. Likeness is the
// Jaccard similarity of the word pairs of question and answer.
func readRows(ctx context.Context, rows string, places *dataset.Places, broke []report.Broken) (*pass, error) {
	wordings := make([]string, len(broke))
	for i, b := range broke {
		wordings[i] = b.Question + "\n" + b.Answer
	}
	p := &pass{
		places: places, broke: broke, finder: text.NewFinder(wordings, 2, leastLike),
		near: make([][]nearRow, len(broke)), values: map[string]bool{},
	}
	return p, eachRow(ctx, rows, p.take)
}

func (p *pass) take(row dataset.Row) {
	question, answer := lastTurn(row)
	isNew := p.places.New(row.Source)
	p.finder.Find(question+"\n"+answer, func(i int, likeness float64) {
		p.near[i] = insert(p.near[i], nearRow{row.Source, question, likeness, isNew})
	})
	if !isNew || p.values[row.ID] {
		return
	}
	if value, found := result(answer); found {
		p.values[row.ID] = true
		p.sample = sampled(p.sample, newRow{row, value})
	}
}

// insert keeps the likest rows, the likest first and new ones before old.
func insert(rows []nearRow, row nearRow) []nearRow {
	at := len(rows)
	for at > 0 && (row.likeness > rows[at-1].likeness || row.likeness == rows[at-1].likeness && row.new && !rows[at-1].new) {
		at--
	}
	rows = slices.Insert(rows, at, row)
	return rows[:min(len(rows), nearRows)]
}

// nearest tells the report of the rows most like each case that broke, by its
// name.
func (r *run) nearest(found *pass) map[string][]report.Row {
	shown := make(map[string][]report.Row, len(found.broke))
	for i, b := range found.broke {
		for _, near := range found.near[i] {
			row := r.shownRow(found.places, near.source, near.question)
			row.Likeness = near.likeness
			shown[b.Name] = append(shown[b.Name], row)
		}
	}
	return shown
}

// shownRow tells the report of a row.
func (r *run) shownRow(places *dataset.Places, source, question string) report.Row {
	file, line := places.At(source)
	return report.Row{File: file, Line: line, Side: r.plan.side(file), New: places.New(source), Question: question}
}
