package starter

import (
	"math"
	"strings"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/suite"
)

// Figures are what the gate can detect with a template's suites before anything was
// measured, for the comments of its config: as in a dry run.
type Figures struct {
	Detects int // points: the drop that each suite detects
	Noise   int // percent of the cases that are assumed to flip at random
	Margin  int // points: the loss that a suite must exclude
	Needs   int // cases that this takes; 0: as many as there are
}

// figures computes those of the suites among the files, by the gate of the config.
func figures(configText []byte, files []File) (Figures, error) {
	c, err := config.Parse(ConfigFile, configText)
	if err != nil {
		return Figures{}, err
	}
	var suites []suite.Suite
	for _, file := range files {
		if !strings.HasSuffix(file.Path, ".suite.yaml") {
			continue
		}
		parsed, err := suite.Reader{}.Suite(file.Path, file.Data)
		if err != nil {
			return Figures{}, err
		}
		suites = append(suites, parsed)
	}
	f := Figures{Noise: percent(gate.DefaultNoise), Margin: percent(c.Gate.Merge.Margin)}
	for _, effect := range gate.DetectableEffects(c.Gate, suites, nil) {
		if effect.Rule != gate.NoHarm {
			continue
		}
		f.Detects = max(f.Detects, percent(effect.Detects))
		if effect.Needs > 0 {
			f.Needs = max(f.Needs, effect.Cases+effect.Needs)
		}
	}
	return f, nil
}

func percent(share float64) int { return int(math.Round(100 * share)) }
