package steps

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/place"
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/repo"
)

// AtLine has an error of the trainer about one row name the record's file and line.
func (s *List) AtLine(ctx context.Context, err error) error {
	var problem *python.Problem
	if !errors.As(err, &problem) || problem.Row == "" {
		return err
	}
	places, _ := place.Load(ctx, s.Dataset.Entry().Dir) // the error matters, with its line or without
	there := *problem
	there.Row = places.Of(problem.Row).Where()
	return located{err, strings.Replace(err.Error(), problem.Error(), there.Error(), 1)}
}

// located is an error with the record's file and line.
type located struct {
	error
	words string
}

func (l located) Error() string { return l.words }
func (l located) Unwrap() error { return l.error }

// RowFinding turns what the trainer found wrong with one row into a finding,
// when the change added or edited the record: only the trainer has the
// tokenizer that can tell.
func (s *List) RowFinding(ctx context.Context, err error) (dataset.Finding, bool) {
	var problem *python.Problem
	if !errors.As(err, &problem) {
		return dataset.Finding{}, false
	}
	check, guards := strings.CutPrefix(problem.Name, "guard/")
	if !guards || !slices.Contains([]string{dataset.CheckRowTooLong, dataset.CheckLabels}, check) {
		return dataset.Finding{}, false
	}
	for _, file := range s.plan.Head {
		record, found := strings.CutPrefix(problem.Row, file.Path+"#")
		if !found || slices.ContainsFunc(s.plan.Base, func(b repo.File) bool {
			return b.Path == file.Path && b.Blob == file.Blob
		}) {
			continue
		}
		places, _ := place.Load(ctx, s.Dataset.Entry().Dir) // the finding matters, with its line or without
		if place, known := places[problem.Row]; known && !place.New {
			continue
		}
		return dataset.Finding{
			Check: check, Level: string(dataset.Error), New: true,
			File: file.Path, Line: max(1, places.Of(problem.Row).Line),
			Message: fmt.Sprintf("record %.10s: %s (hint: %s)", record, problem.Message, problem.Hint),
		}, true
	}
	return dataset.Finding{}, false
}
