package report

import (
	"slices"
	"testing"
)

func TestTrainingWithoutValidationRows(t *testing.T) {
	t.Parallel()
	facts := Report{Training: &Training{Steps: 1, Tokens: 2, TrainLoss: 0.5}}.Facts(Plain)
	if want := []Fact{{"training", "1 step, 2 tokens, loss 0.5000"}}; !slices.Equal(facts, want) {
		t.Errorf("got %q, want %q", facts, want)
	}
}
