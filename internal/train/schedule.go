package train

import "math"

// Schedule counts the optimizer's steps of a run, as the trainer does.
type Schedule struct {
	PerEpoch int
	Steps    int
	Sanity   int // of the short run before it; only with sanity prompts
}

// MostSanitySteps limits a sanity run whose length the trainer chooses.
const MostSanitySteps = 20

// Batch is the number of rows of one optimizer step.
func (o Options) Batch() int { return o.MicroBatchSize * o.GradientAccumulationSteps }

// Schedule returns the steps for that many lines of train.jsonl, at least one, on one
// device.
func (o Options) Schedule(lines int) Schedule {
	batches := ceil(lines, o.MicroBatchSize)
	s := Schedule{PerEpoch: ceil(batches, o.GradientAccumulationSteps)}
	s.Steps = int(math.Ceil(o.Epochs * float64(s.PerEpoch)))
	s.Sanity = o.SanitySteps
	if s.Sanity == 0 {
		s.Sanity = max(1, min(MostSanitySteps, s.Steps/10))
	}
	return s
}

func ceil(n, by int) int { return (n + by - 1) / by }
