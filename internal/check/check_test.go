package check

import (
	"encoding/json"
	"testing"
)

func TestHealthy(t *testing.T) {
	t.Parallel()
	if !Healthy([]Check{{Level: OK}, {Level: Warn}}) || Healthy([]Check{{Level: OK}, {Level: Fail}}) {
		t.Error("a failure, and nothing else, is no health")
	}
}

// The keys are those that scripts read of `doctor --json`.
func TestJSON(t *testing.T) {
	t.Parallel()
	for want, check := range map[string]Check{
		`{"name":"git","level":"ok","found":"2.39"}`:                     Passed("git", "2.39"),
		`{"name":"git","level":"warn","found":"odd","fix":"look at it"}`: Warned("git", "odd", "look at it"),
		`{"name":"git","level":"fail","found":"none","fix":"get one"}`:   That(false, "git", "none", "get one"),
		`{"name":"git","level":"ok","found":"2.38"}`:                     That(true, "git", "2.38", "get one"),
	} {
		if got, err := json.Marshal(check); err != nil || string(got) != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
}
