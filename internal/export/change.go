package export

import (
	"fmt"
	"math"

	"github.com/go-json-experiment/json"

	"github.com/tunegate/tunegate/internal/bounded"
)

// tolerance is how far, relative to the size of the terms, the trainer's float32
// arithmetic may deviate from float64: TF32 rounds each factor by up to 2^-11. The
// mildest real mistake, an alpha of 33 instead of 32, is 3e-2.
const tolerance = 1e-3

// maxTrained is the size limit of a JSON file written by the trainer, in bytes.
const maxTrained = 256 << 20

// Change is what the trainer measured of one module: its s*B*A.
type Change struct {
	Module  string   `json:"module"` // as PEFT names it: model.layers.0.self_attn.q_proj
	Shape   [2]int   `json:"shape"`  // rows (out), columns (in)
	Norm    float64  `json:"norm"`   // Frobenius norm
	Samples []Sample `json:"samples"`
}

// Sample is one entry of a change.
type Sample struct {
	Row   int     `json:"row"`
	Col   int     `json:"col"`
	Value float64 `json:"value"`
}

// LoadChanges reads a training's changes.json: a list of changes, one for each module,
// each with at least one sample inside its shape.
func LoadChanges(path string) ([]Change, error) {
	data, err := bounded.ReadFile(path, maxTrained)
	if err != nil {
		return nil, err
	}
	var changes []Change
	if err := json.Unmarshal(data, &changes); err != nil {
		return nil, fmt.Errorf("%s: %w (hint: train again)", path, err)
	}
	seen := make(map[string]bool)
	for i, c := range changes {
		if err := c.check(); err != nil {
			return nil, fmt.Errorf("%s: entry %d, module %q: %w (hint: train again)", path, i+1, c.Module, err)
		}
		if seen[c.Module] {
			return nil, fmt.Errorf("%s: entry %d, duplicate module %q (hint: train again)", path, i+1, c.Module)
		}
		seen[c.Module] = true
	}
	return changes, nil
}

func (c Change) check() error {
	if c.Module == "" || c.Norm < 0 || math.IsInf(c.Norm, 1) {
		return fmt.Errorf("no module, or norm %v", c.Norm)
	}
	if len(c.Samples) == 0 {
		return fmt.Errorf("no samples")
	}
	for _, s := range c.Samples {
		if s.Row < 0 || s.Row >= c.Shape[0] || s.Col < 0 || s.Col >= c.Shape[1] {
			return fmt.Errorf("sample at row %d, column %d outside the shape %v", s.Row, s.Col, c.Shape)
		}
	}
	return nil
}
