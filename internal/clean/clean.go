// Package clean removes what nothing needs from a home: superseded runs, and the
// results, tags and files that only they used.
package clean

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/runs"
)

// Options select what Run removes besides what nothing points to.
type Options struct {
	PR         int           // the runs of this pull request; 0: of none
	Repository string        // whose pull request it is: the top folder of its working tree
	OlderThan  time.Duration // runs that started longer ago; 0: none for its age
	DryRun     bool          // only tell
}

// Kind is a kind of removable item.
type Kind string

// The kinds, in the order of their removal: what points to others comes first,
// so that an interrupted clean leaves no dangling references.
const (
	KindRun    Kind = "run"    // NAME is its id
	KindResult Kind = "result" // of a stage: STAGE/KEY
	KindDraft  Kind = "draft"  // a partial result: STAGE/KEY
	KindTag    Kind = "tag"    // of a candidate, with the weights that only it has
	KindBlob   Kind = "blob"   // a file of the private server that no tag names
)

// Kinds lists the kinds in their order.
func Kinds() []Kind { return []Kind{KindRun, KindResult, KindDraft, KindTag, KindBlob} }

// Item is one thing that is, or would be, removed.
type Item struct {
	Kind   Kind   `json:"kind"`
	Name   string `json:"name"`
	Server string `json:"server,omitempty"` // a tag's, if it is a shared one
	Bytes  int64  `json:"bytes"`
	Why    string `json:"why"`
}

func (i Item) same(other Item) bool {
	return i.Kind == other.Kind && i.Name == other.Name && i.Server == other.Server
}

// Result is what Run removed, or would remove.
type Result struct {
	DryRun  bool   `json:"dry_run"`
	Removed []Item `json:"removed"`
	Bytes   int64  `json:"bytes"` // of all items
	Left    []Item `json:"left"`  // what could not be removed, and why
}

// Sum counts the items of a kind and their bytes.
func (r Result) Sum(kind Kind) (count int, bytes int64) {
	for _, item := range r.Removed {
		if item.Kind == kind {
			count, bytes = count+1, bytes+item.Bytes
		}
	}
	return count, bytes
}

// Run removes runs that a later one supersedes, that the options name, or that
// have no record, and then all results, drafts, candidates' tags and blobs that
// neither a run that stays, a promotion nor the set-up needs. A training or
// evaluation that a run began and did not end is needed by it.
//
// It never removes the latest run with a verdict of a repository, a promoted
// version, or a tag that is not a candidate's. It holds the lock of the home
// meanwhile. The next Run finishes a killed one.
func Run(ctx context.Context, m machine.Machine, o Options) (Result, error) {
	result := Result{DryRun: o.DryRun, Removed: []Item{}, Left: []Item{}}
	if _, err := os.Stat(m.Home); errors.Is(err, fs.ErrNotExist) {
		return result, nil
	}
	m, release, err := runs.Lock(ctx, m, "clean")
	if err != nil {
		return Result{}, err
	}
	defer release()
	waste, err := findWaste(m, o)
	if err != nil {
		return Result{}, err
	}
	if !o.DryRun {
		if result.Left, err = waste.remove(ctx); err != nil {
			return Result{}, fmt.Errorf("clean: %w (hint: run it again; only unneeded results were removed so far)", err)
		}
	}
	for _, item := range waste.items() {
		if slices.ContainsFunc(result.Left, item.same) {
			continue
		}
		result.Removed, result.Bytes = append(result.Removed, item), result.Bytes+item.Bytes
	}
	return result, nil
}
