// Package dataset turns raw tuning records into rows: in go record files of the
// judged tree and of the base tip, and the suites, out come train.jsonl, val.jsonl,
// rows.jsonl, findings.jsonl and stats.json. The files are a pure function of what goes in.
package dataset

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/suite"
)

// Input is what Build reads.
type Input struct {
	// Head and Base are all files that match the sources, in the tree that is
	// judged and at the tip of the base branch.
	Head, Base []repo.File
	Suites     []suite.Suite
}

// Row is one conversation to train on; its last message is the answer.
type Row struct {
	// ID is the first 16 hexadecimal digits of the sha256 of the messages' JSON.
	ID string `json:"id"`
	// Source is file#N, N the number of the record in the file, from 1.
	Source   string         `json:"source"`
	Messages []chat.Message `json:"messages"`
	// Weight is how many lines of train.jsonl the row has.
	Weight int               `json:"weight"`
	Tags   map[string]string `json:"tags"`
}

// Result says how the build went.
type Result struct {
	Stats Stats
	// Blocked: an error-level finding is new.
	Blocked  bool
	Findings []Finding
}

// Build reads, normalizes, checks, splits, weights and shuffles the records, and
// writes train.jsonl, val.jsonl, rows.jsonl, findings.jsonl and stats.json into dir. Mistakes
// in records are findings; an error is returned for bad options, when nothing is
// left to train on although nothing blocks, and when a file can't be written.
func Build(ctx context.Context, o Options, in Input, dir string) (Result, error) {
	return known.build(ctx, o, in, dir)
}

func (t table) build(ctx context.Context, o Options, in Input, dir string) (Result, error) {
	if err := o.validate(t); err != nil {
		return Result{}, err
	}
	head, err := t.examine(ctx, o, in.Head, in.Suites)
	if err != nil {
		return Result{}, err
	}
	if len(head.found) > 0 {
		base, err := t.examine(ctx, o, in.Base, in.Suites)
		if err != nil {
			return Result{}, fmt.Errorf("at the base: %w", err)
		}
		markNew(head.found, base.found)
	}
	if err := head.markNewRows(ctx, in.Head, in.Base); err != nil {
		return Result{}, err
	}
	rows, err := head.rows()
	if err != nil {
		return Result{}, err
	}
	heldOut, clusters := split(head.entries, o.Validation, o.Seed)
	train, validation := order(rows, heldOut, o.Seed)
	result := Result{Stats: head.statistics(heldOut)}
	result.Stats.Clusters, result.Stats.TrainLines = clusters, len(train)
	result.Blocked = result.Stats.NewErrors > 0
	result.Findings, result.Stats.FindingsLeftOut = bounded(head.found)
	if err := head.save(dir, rows, train, validation, result); err != nil {
		return Result{}, err
	}
	if len(train) == 0 && !result.Blocked {
		return result, nothingToTrain(result)
	}
	return result, nil
}

func nothingToTrain(r Result) error {
	for _, finding := range r.Findings {
		if finding.Level == string(Error) {
			return fmt.Errorf("no record is fit for training: %s: %s", finding.Where(), finding.Message)
		}
	}
	return fmt.Errorf("of %d records none is left for training, %d are held out (hint: add records, or lower dataset.validation)",
		r.Stats.Records, r.Stats.Validation)
}

// rows renders the entries as they are trained on.
func (x *examination) rows() ([]Row, error) {
	rows := make([]Row, len(x.entries))
	for i, e := range x.entries {
		file := e.record.file.path
		source, ok := x.options.SourceFor(file)
		if !ok {
			return nil, fmt.Errorf("%s matches no dataset source (hint: name it under dataset.sources)", file)
		}
		messages := e.messages(x.options.System)
		canonical, err := json.Marshal(messages)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.record.where(), err)
		}
		digest := sha256.Sum256(canonical)
		rows[i] = Row{
			ID:       hex.EncodeToString(digest[:8]),
			Source:   fmt.Sprintf("%s#%d", file, e.record.number),
			Messages: messages,
			Weight:   source.Weight,
			Tags:     e.tags,
		}
	}
	return rows, nil
}
