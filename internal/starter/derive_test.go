package starter

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/assertion"
	"github.com/tunegate/tunegate/internal/maths"
	"github.com/tunegate/tunegate/internal/proc/proctest"
	"github.com/tunegate/tunegate/internal/python/pythontest"
	"github.com/tunegate/tunegate/internal/suite"
)

// derived is a value as sympy gets it.
type derived struct{ Text, LaTeX string }

// derivations has sympy compute the expressions of testdata.
func derivations(t *testing.T, s suite.Suite) map[string][]derived {
	t.Helper()
	input, err := json.Marshal(ofTestdata[map[string][]string](t, "tutor/"+s.Name+".derivations.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(pythontest.Interpreter(t).Path, filepath.Join("testdata", "oracle.py"))
	cmd.Stdin = bytes.NewReader(input)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("oracle.py: %v\n%s", err, &stderr)
	}
	var values map[string][]derived
	if err := json.Unmarshal(out, &values); err != nil {
		t.Fatal(err)
	}
	return values
}

func checker(t *testing.T) *maths.Checker {
	t.Helper()
	c, err := maths.Start(t.Context(), proctest.Launcher(t), pythontest.Interpreter(t), maths.Options{Wall: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// Every expected value is what sympy derives from the question, as the maths
// child that grades answers compares it; and a value beside it is not.
func TestExpectedValuesAreDerived(t *testing.T) {
	t.Parallel()
	compare := checker(t)
	for _, s := range suites(t, Tutor) {
		values := derivations(t, s)
		for _, c := range s.Cases {
			rest := values[c.ID]
			delete(values, c.ID)
			for _, a := range last(c).Asserts {
				if a.Type != assertion.MathsEqual && a.Type != assertion.Contains {
					continue
				}
				if len(rest) == 0 {
					t.Errorf("%s/%s: nothing derives %q", s.Name, c.ID, a.Values[0])
					break
				}
				value := rest[0]
				rest = rest[1:]
				if a.Type == assertion.Contains && value.Text != a.Values[0] {
					t.Errorf("%s/%s: expects %q, sympy gets %q", s.Name, c.ID, a.Values[0], value.Text)
				}
				for answer, want := range map[string]maths.Verdict{value.LaTeX: maths.Equal, value.LaTeX + " + 1": maths.Different} {
					got, err := compare.Compare(t.Context(), a.Values[0], "$"+answer+"$")
					if err != nil || got.Verdict != want {
						t.Errorf("%s/%s: %q is %s with %q, want %s (%s, %v)", s.Name, c.ID, a.Values[0], got.Verdict, answer, want, got.Why, err)
					}
				}
			}
			if len(rest) > 0 {
				t.Errorf("%s/%s: nothing expects %v", s.Name, c.ID, rest)
			}
		}
		for id := range values {
			t.Errorf("%s: there is no case %s", s.Name, id)
		}
	}
}
