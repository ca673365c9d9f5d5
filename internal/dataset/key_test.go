package dataset

import (
	"testing"

	"github.com/tunegate/tunegate/internal/assertion"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/suite"
)

// A key is what it was, or kept rows are built again: a change here is meant.
func TestSlot(t *testing.T) {
	t.Parallel()
	options := Options{
		Sources:    []Source{{Path: "data/*.json", Weight: 1, License: "CC0-1.0"}},
		Validation: 0.1, System: "Be brief.", Seed: 42, Checks: map[string]CheckOptions{"exact-duplicate": {Level: Error}},
	}
	in := Input{
		Head: []repo.File{{Path: "data/a.json", Blob: "b1", Size: 2, Data: []byte("[]")}, {Path: "data/b.json", Blob: "b2"}},
		Base: []repo.File{{Path: "data/a.json", Blob: "b0"}},
		Suites: []suite.Suite{{
			Path: "suites/s.suite.yaml", Name: "s", Role: suite.Guard, History: []suite.History{suite.Replayed},
			Cases: []suite.Case{{ID: "c", Cluster: "c", Line: 3, Turns: []suite.Turn{{
				User: "1 + 1?", Asserts: []assertion.Assert{{Type: "equals", Values: []string{"2"}, Weight: 1}},
			}}}},
		}},
	}
	options.DefaultTags = levels // which are in no key
	slot := Slot(options, in)
	if want := "2e96821e70ef6ff56650b817dffd728f1db7373cc5cff95efea64915cbc72fcf"; slot.Stage != "dataset" || string(slot.Key) != want {
		t.Errorf("%s %s, want %s", slot.Stage, slot.Key, want)
	}
	in.Head[0].Data, in.Head[0].Size = nil, 0
	if again := Slot(options, in); again.Key != slot.Key {
		t.Error("files that are not loaded have another key")
	}
	seen := map[store.Key]bool{slot.Key: true}
	for _, tags := range [][]Tag{{}, levels, {topic}} {
		options.Tags = tags
		if key := Slot(options, in).Key; seen[key] {
			t.Errorf("with the tags %+v the key is the same", tags)
		} else {
			seen[key] = true
		}
	}
}
