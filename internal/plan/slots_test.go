package plan

import (
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/store"
)

// A key is what it was, or kept bases are read again: a change here is meant.
func TestBaseSlots(t *testing.T) {
	t.Parallel()
	state := []FileState{{"config.json", 2, time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC)}}
	for _, test := range []struct {
		stage, key string
		slot       store.Slot
	}{
		{"base", "980f6358e4cddb426fdf24df1409395e1b3ca747af5889f8b786702c40968b54", newFixture(t).must("main", "main").BaseFilesSlot()},
		{"base-digest", "7e6f25c3a660c616a905c57f5cef8c75fcbaf8017bdf38c9cdbf82ad010866ac", BaseDigestSlot("/models/b", state)},
	} {
		if test.slot.Stage != test.stage || string(test.slot.Key) != test.key {
			t.Errorf("%s %s, want %s %s", test.slot.Stage, test.slot.Key, test.stage, test.key)
		}
	}
}
