package report

import "testing"

func TestBaselineProbeIsASample(t *testing.T) {
	t.Parallel()
	for want, about := range map[string]BaselineProbe{
		"12 of 16, sampled from 4,812 new rows whose answer ends in a value": {Eligible: 4812, Asked: 16, Correct: 12},
		"0 of 1 new row whose answer ends in a value":                        {Eligible: 1, Asked: 1},
	} {
		if got := about.Summary(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
