package gate

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// Policy is the gate section of the config. Its JSON names are the config's.
type Policy struct {
	Merge   Merge   `json:"merge"`
	Promote Promote `json:"promote"`
}

// Merge fails on evidence of harm.
type Merge struct {
	// NoHarm names the suites to test for harm; empty: every target and guard.
	NoHarm []string `json:"no_harm,omitempty"`
	// OutputTokens limits the mean length of the answers.
	OutputTokens *Ratio `json:"output_tokens,omitempty"`
	// Margin is a drop of the pass rate, 0 to 1: a suite that cannot exclude a larger
	// one is inconclusive.
	Margin float64 `json:"margin"`
	// OnInconclusive is LetPass or Block.
	OnInconclusive string `json:"on_inconclusive"`
}

// The values of Merge.OnInconclusive.
const (
	LetPass = "pass"
	Block   = "block"
)

// Promote needs evidence of benefit.
type Promote struct {
	Gain    Gain    `json:"gain"`
	NoWorse NoWorse `json:"no_worse"`
	// LatencyMedian limits the median time of an answer.
	LatencyMedian *Ratio `json:"latency_median,omitempty"`
}

// Gain requires a higher pass rate over its suites together.
type Gain struct {
	// AnyOf names the suites; empty: every target.
	AnyOf []string `json:"any_of,omitempty"`
	// AtLeast is the smallest gain of the pass rate that counts, 0 to 1.
	AtLeast float64 `json:"at_least"`
}

// NoWorse requires for each of its suites that a drop beyond the margin is excluded.
type NoWorse struct {
	// AllOf names the suites; empty: every guard.
	AllOf []string `json:"all_of,omitempty"`
	// Margin is a drop of the pass rate, 0 to 1.
	Margin float64 `json:"margin"`
}

// Ratio limits the candidate's value over the baseline's.
type Ratio struct {
	MaxRatio float64 `json:"max_ratio"`
}

// SHA256 is the digest, in hex, of the policy's JSON.
func (p Policy) SHA256() string {
	data, err := json.Marshal(p)
	if err != nil {
		panic(err) // only a number that is not finite can do that, and no config holds one
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
