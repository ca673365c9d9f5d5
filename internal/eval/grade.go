package eval

import "github.com/tunegate/tunegate/internal/assertion"

// The results of an assert. Unknown: the maths checker could not decide within its
// limits.
const (
	Pass    = assertion.Pass
	Fail    = assertion.Fail
	Unknown = assertion.Unknown
)

// decide combines the asserts with weight above 0: false if one failed, nil if one is
// unknown, else true.
func decide(results []AssertResult) *bool {
	passed := true
	unknown := false
	for _, r := range results {
		if r.Weight > 0 {
			passed = passed && r.Result != Fail
			unknown = unknown || r.Result == Unknown
		}
	}
	if passed && unknown {
		return nil
	}
	return &passed
}
