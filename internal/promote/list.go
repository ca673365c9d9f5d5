package promote

import (
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/tunegate/tunegate/internal/ledger"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/runs"
)

// Listing lists what was promoted and what could be, of one or all names.
type Listing struct {
	Versions   []Version   `json:"versions"`   // by name, in the order of their first promotion
	Candidates []Candidate `json:"candidates"` // the newest run first
	Notes      []string    `json:"notes,omitempty"`
}

// Model is what a version and a candidate have in common.
type Model struct {
	Tag     string    `json:"tag"`
	ModelID string    `json:"model_id,omitempty"`
	Run     string    `json:"run"`
	Time    time.Time `json:"time"`  // of the promotion, of the start of the run
	Bytes   int64     `json:"bytes"` // of the kept GGUF; 0: it is gone
	// Held is set if the private server still has the tag with these weights.
	Held bool `json:"held"`
}

// State is a version's current state.
type State string

// The states of a version; that of any other is empty.
const (
	Stable   State = "stable"
	Previous State = "previous" // a rollback goes there
	Removed  State = "removed"  // beyond those that `promote.keep` keeps
)

// Version is a promoted version.
type Version struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	State   State  `json:"state,omitempty"`
	Model
	Servers []string `json:"servers"`
}

// Candidate is the model of a run.
type Candidate struct {
	Head       string   `json:"head"`    // what was judged
	Outcome    string   `json:"outcome"` // of the verdict; without one the run's state
	Promotable bool     `json:"promotable"`
	Promoted   []string `json:"promoted,omitempty"` // the versions that it became
	Model
}

// List reads a home; no server is asked. An empty name matches all
// promoted names, an empty repository the runs of any.
func List(m machine.Machine, name, repository string) (Listing, error) {
	promotions, err := ledger.Load(m.Home)
	if err != nil {
		return Listing{}, err
	}
	names := promotions.Names()
	if name != "" {
		names = []string{name}
	}
	listing := Listing{Versions: []Version{}, Candidates: []Candidate{}}
	versionsOf := map[string][]string{}
	for _, name := range names {
		versions, notes := versions(m, promotions, name)
		listing.Versions = append(listing.Versions, versions...)
		listing.Notes = append(listing.Notes, notes...)
		for _, v := range versions {
			versionsOf[v.ModelID] = append(versionsOf[v.ModelID], v.Version)
		}
	}
	runs, err := runs.All(m.Home)
	if err != nil {
		return Listing{}, err
	}
	for _, run := range slices.Backward(runs) {
		if run.Candidate == "" || repository != "" && run.Repository != repository {
			continue
		}
		c := candidate(m, run)
		c.Promoted = versionsOf[c.ModelID]
		listing.Candidates = append(listing.Candidates, c)
	}
	return listing, nil
}

func versions(m machine.Machine, promotions ledger.Ledger, name string) (versions []Version, notes []string) {
	stable, _ := promotions.Stable(name)
	previous, _ := promotions.Previous(name)
	for _, e := range promotions.Versions(name) {
		v := Version{Name: name, Version: e.Version, Servers: e.Servers, Model: Model{
			Tag: e.Tag, ModelID: e.ModelID, Run: e.Run, Time: e.Time, Held: m.HasTag(e.Tag, e.GGUFSHA256),
		}}
		if made, err := runs.Kept(m, e.Export, e.Register); err == nil {
			v.Bytes = size(made)
		}
		switch e.Version {
		case stable.Version:
			v.State = Stable
		case previous.Version:
			v.State = Previous
		}
		if promotions.Removed(name, e.Version) {
			v.State = Removed
		}
		versions = append(versions, v)
	}
	if slices.Contains(stable.Servers, ledger.Private) && !m.HasTag(stableTag(name), stable.GGUFSHA256) {
		notes = append(notes, fmt.Sprintf("the private server's %s is not %s (hint: `tunegate promote %s --run %s` repairs it)", stableTag(name), stable.Version, stable.Version, stable.Run))
	}
	return versions, notes
}

func candidate(m machine.Machine, run runs.Record) Candidate {
	c := Candidate{Head: run.HeadRef, Outcome: run.Outcome, Model: Model{Tag: run.Candidate, Run: run.ID, Time: run.Started}}
	if c.Outcome == "" {
		c.Outcome = string(run.State)
	}
	if verdict, err := judged(m.Home, run); err == nil {
		c.ModelID, c.Promotable = verdict.ModelID, verdict.Promotable
	}
	if made, err := runs.MadeBy(m, run); err == nil {
		c.ModelID, c.Bytes = made.ModelID, size(made)
		c.Held = m.HasTag(run.Candidate, made.Candidate.Digest)
	}
	return c
}

// size is the size of the kept file, in bytes.
func size(made runs.Artifact) int64 {
	info, err := os.Stat(made.Candidate.Path)
	if err != nil {
		return 0
	}
	return info.Size()
}
