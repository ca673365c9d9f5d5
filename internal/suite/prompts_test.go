package suite

import (
	"slices"
	"testing"

	"github.com/tunegate/tunegate/internal/assertion"
)

func TestHistories(t *testing.T) {
	t.Parallel()
	single, two := Case{Turns: make([]Turn, 1)}, Case{Turns: make([]Turn, 2)}
	for _, test := range []struct {
		modes []History
		of    Case
		want  []History
	}{
		{[]History{Replayed}, single, []History{Replayed}},
		{[]History{Own}, single, []History{Own}},
		{[]History{Own, Replayed}, single, []History{Replayed}},
		{[]History{Replayed, Own}, two, []History{Replayed, Own}},
	} {
		if got := (Suite{History: test.modes}).Histories(test.of); !slices.Equal(got, test.want) {
			t.Errorf("%v, %d turns: %v, want %v", test.modes, len(test.of.Turns), got, test.want)
		}
	}
}

func TestSize(t *testing.T) {
	t.Parallel()
	graded := Turn{Asserts: []assertion.Assert{{Type: "equals"}}}
	s := Suite{History: []History{Replayed, Own}, Cases: []Case{
		{Turns: []Turn{graded}},     // once, in replayed history
		{Turns: []Turn{{}, graded}}, // replayed: its last turn; own: both
	}}
	if cases, questions := s.Size(); cases != 3 || questions != 4 {
		t.Errorf("%d cases, %d questions", cases, questions)
	}
}
