package train

import (
	"bytes"
	"encoding/json"
	"path/filepath"
)

// Loss is one step of the full run, or one validation after it. Losses are means
// per token, in nats; nil: not measured at this step.
type Loss struct {
	Phase    string   `json:"phase"`
	Step     int      `json:"step"`
	Loss     *float64 `json:"loss"`
	EvalLoss *float64 `json:"eval_loss"`
}

// LoadLosses reads the losses of the full run from a run's folder, in the order of
// measurement: a resumed run has some steps twice. Events prove nothing, so truncated
// lines are skipped.
func LoadLosses(dir string) ([]Loss, error) {
	data, err := readTrained(filepath.Join(dir, eventsFile))
	if err != nil {
		return nil, err
	}
	var losses []Loss
	for line := range bytes.Lines(data) {
		var l Loss
		if json.Unmarshal(line, &l) == nil && l.Phase == "train" && (l.Loss != nil || l.EvalLoss != nil) {
			losses = append(losses, l)
		}
	}
	return losses, nil
}
