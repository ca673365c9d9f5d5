// Package dataset turns raw tuning records into training and validation rows, checks
// them against the suites and the base tip, and writes train.jsonl, val.jsonl,
// rows.jsonl, findings.jsonl and stats.json. The files are a pure function of its
// input.
package dataset

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/records"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/suite"
	"github.com/tunegate/tunegate/internal/text"
)

// Input is what Build reads.
type Input struct {
	// Head and Base are all files that match the sources, in the tree that is
	// judged and at the tip of the base branch.
	Head, Base []repo.File
	Suites     []suite.Suite
	// Map reads files, whose Data is not changed; nil: they have it.
	Map func(context.Context, []repo.File) (*repo.Contents, error)
	// Control are the control tokens of the base model's tokenizer, as they are written;
	// nil: they are not known, and not looked for.
	Control []string
	// Most is the number of records of Head that are read; more are an error. 0: as many
	// as any input may have.
	Most int
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
// in records are findings; an error is returned for bad options, for more records than
// are read ([records.ErrTooMany]), when nothing is
// left to train on although nothing blocks, and when a file can't be written.
func Build(ctx context.Context, o Options, in Input, dir string) (Result, error) {
	return known.build(ctx, o, in, dir)
}

func (t table) build(ctx context.Context, o Options, in Input, dir string) (result Result, err error) {
	if err := o.validate(t); err != nil {
		return Result{}, err
	}
	contents, err := in.contents(ctx, in.Head)
	if err != nil {
		return Result{}, err
	}
	defer func() { err = errors.Join(err, contents.Close()) }()
	files, err := records.Read(ctx, contents.Files, cmp.Or(in.Most, records.MaxRecords))
	if err != nil {
		return Result{}, err
	}
	if err := records.MarkAdded(ctx, files, in.Base, in.contents); err != nil {
		return Result{}, fmt.Errorf("at the base: %w", err)
	}
	if err := contents.Release(); err != nil {
		return Result{}, err
	}
	texts, err := newSpool(dir)
	if err != nil {
		return Result{}, err
	}
	defer func() { err = errors.Join(err, texts.Close()) }()
	x, err := t.examine(ctx, o, files, in, texts)
	if err != nil {
		return Result{}, err
	}
	heldOut, clusters := split(x.entries, o.Validation, o.Seed)
	train, validation := order(x.weights(), heldOut, o.Seed)
	result = Result{Stats: x.statistics(heldOut), Findings: x.found.sorted()}
	result.Stats.Clusters, result.Stats.TrainLines = clusters, len(train)
	result.Blocked = result.Stats.NewErrors > 0
	if err := x.save(ctx, dir, train, validation, result); err != nil {
		return Result{}, err
	}
	if len(train) == 0 && !result.Blocked {
		return result, nothingToTrain(result)
	}
	return result, nil
}

// contents are the files with what they hold.
func (in Input) contents(ctx context.Context, files []repo.File) (*repo.Contents, error) {
	if in.Map == nil {
		return &repo.Contents{Files: files}, nil
	}
	return in.Map(ctx, files)
}

func nothingToTrain(r Result) error {
	for _, finding := range r.Findings {
		if finding.Level == string(Error) {
			return fmt.Errorf("no record is fit for training: %s: %s", finding.Where(), finding.Message)
		}
	}
	return fmt.Errorf("no record is left for training (%s, %d held out) (hint: add records, or lower dataset.validation)",
		text.Count(r.Stats.Records, "record"), r.Stats.Validation)
}
