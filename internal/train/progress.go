package train

import (
	"encoding/json"
	"math"
	"time"
)

// Progress is the state of a run.
type Progress struct {
	Phase       string        // load, sanity, train, check
	Step, Steps int           // of the phase
	Loss        float64       // the last training loss; 0 before the first
	EvalLoss    float64       // the last validation loss; 0 before the first
	Tokens      int           // trained so far
	ETA         time.Duration // to the end of training; 0: not known
}

// next returns the progress after a trainer's answer.
func (p Progress) next(raw []byte) Progress {
	var event struct {
		Phase    string   `json:"phase"`
		Step     int      `json:"step"`
		Steps    int      `json:"steps"`
		Loss     *float64 `json:"loss"`
		EvalLoss *float64 `json:"eval_loss"`
		Tokens   int      `json:"tokens"`
		ETA      float64  `json:"eta_s"`
	}
	if json.Unmarshal(raw, &event) != nil {
		return p
	}
	next := Progress{
		Phase: event.Phase, Step: event.Step, Steps: event.Steps, Loss: p.Loss, EvalLoss: p.EvalLoss, Tokens: event.Tokens,
		ETA: time.Duration(math.Min(event.ETA, 1e9) * float64(time.Second)).Round(time.Second),
	}
	if event.Loss != nil {
		next.Loss = *event.Loss
	}
	if event.EvalLoss != nil {
		next.EvalLoss = *event.EvalLoss
	}
	return next
}
