package pipeline

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/text"
)

// eachRow takes every row of a train.jsonl once, whatever its weight, in the
// order of the file.
func eachRow(path string, take func(dataset.Row)) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	decoder := jsontext.NewDecoder(bufio.NewReader(file), jsontext.AllowInvalidUTF8(true))
	seen := map[string]bool{}
	for {
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

// shownRow tells the report of a row.
func shownRow(row dataset.Row, place dataset.Place, likeness float64) report.Row {
	question, _ := lastTurn(row)
	return report.Row{File: place.File, Line: place.Line, New: place.New, Question: question, Likeness: likeness}
}

// nearRows is how many rows are shown beside a case that broke.
const nearRows = 3

// nearest finds, for the cases that are shown as broken, the rows most like what
// the candidate was asked and answered: those that may have taught it. Likeness
// is the Jaccard similarity of the word pairs of question and answer.
func nearest(rows string, places map[string]dataset.Place, broke []report.Broken) (map[string][]report.Row, error) {
	if len(broke) == 0 {
		return nil, nil
	}
	wordings := make([]text.Set, len(broke))
	for i, b := range broke {
		wordings[i] = text.Shingles(b.Question+"\n"+b.Answer, 2)
	}
	found := make(map[string][]report.Row, len(broke))
	err := eachRow(rows, func(row dataset.Row) {
		question, answer := lastTurn(row)
		wording := text.Shingles(question+"\n"+answer, 2)
		for i, b := range broke {
			if likeness := text.Jaccard(wordings[i], wording); likeness > 0 {
				found[b.Name] = insert(found[b.Name], shownRow(row, places[row.Source], likeness))
			}
		}
	})
	return found, err
}

// insert keeps the likest rows, the likest first and new ones before old.
func insert(rows []report.Row, row report.Row) []report.Row {
	at := len(rows)
	for at > 0 && (row.Likeness > rows[at-1].Likeness || row.Likeness == rows[at-1].Likeness && row.New && !rows[at-1].New) {
		at--
	}
	if at == nearRows {
		return rows
	}
	rows = append(rows[:at:at], append([]report.Row{row}, rows[at:]...)...)
	return rows[:min(len(rows), nearRows)]
}
