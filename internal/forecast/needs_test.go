package forecast

import (
	"testing"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/register"
)

// The published figures: bf16 LoRA of 8 billion parameters fits 22 GB, QLoRA of
// 7 billion takes 6 GB plus activations and driver.
func TestMemoryByTheRules(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		billion      float64
		quantization string
		earlier      []training
		gb           float64
		from         string
	}{
		{8, "none", nil, 22, "rule of thumb"},
		{7, "nf4", nil, 10.02, "rule of thumb"},
		{7, "nf4", []training{{memory: 9e9}, {memory: 11e9}}, 11, "the peak of 2 earlier trainings"},
	} {
		bytes, from := trainingMemory(int64(test.billion*1e9), test.quantization, test.earlier)
		if got := float64(bytes) / 1e9; got < test.gb-.01 || got > test.gb+.01 || from != test.from {
			t.Errorf("%+v: %.2f GB %s", test, got, from)
		}
	}
}

func TestCharactersPerToken(t *testing.T) {
	t.Parallel()
	prompts := register.Rendering{Prompts: []register.Rendered{
		{Messages: []chat.Message{{Role: "user", Content: "six ab"}}, Tokens: 3},
	}}
	for _, test := range []struct {
		rendered register.Rendering
		earlier  []training
		want     float64
		from     string
	}{
		{register.Rendering{}, nil, 4, "typical"},
		{prompts, []training{{}}, 2, "as in the suites' prompts"},
		{prompts, []training{{charactersPerToken: 3}, {}, {charactersPerToken: 5}}, 4, "as in 2 earlier trainings"},
	} {
		if got, from := charactersPerToken(test.rendered, test.earlier); got != test.want || from != test.from {
			t.Errorf("got %g, %s; want %g, %s", got, from, test.want, test.from)
		}
	}
}

func TestTimesAreThoseOfTheMiddle(t *testing.T) {
	t.Parallel()
	if seconds, _ := trainingTime(nil, 100); seconds != nil {
		t.Errorf("%g seconds of nothing", *seconds)
	}
	if seconds, from := trainingTime([]training{{tokensPerSecond: 10, beside: 5}, {tokensPerSecond: 1, beside: 90}, {tokensPerSecond: 12, beside: 0}}, 100); *seconds != 15 || from != "3 earlier trainings" {
		t.Errorf("%g, %s", *seconds, from)
	}
	if seconds, _ := evaluationTime(nil, 100, 2); seconds != nil {
		t.Errorf("%g seconds of nothing", *seconds)
	}
	if seconds, from := evaluationTime([]evaluation{{perQuestion: .5, beside: 3}}, 100, 2); *seconds != 56 || from != "1 earlier evaluation" {
		t.Errorf("%g, %s", *seconds, from)
	}
}
