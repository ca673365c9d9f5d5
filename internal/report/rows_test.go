package report

import "testing"

func TestBaselineProbeIsASample(t *testing.T) {
	t.Parallel()
	for want, about := range map[string]BaselineProbe{
		"of 16 asked of 4,812 new rows whose answer ends in a value, the baseline had 12 right": {Eligible: 4812, Asked: 16, Correct: 12},
		"of 1 asked of 1 new row whose answer ends in a value, the baseline had 0 right":        {Eligible: 1, Asked: 1},
	} {
		if got := about.Sentence(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
