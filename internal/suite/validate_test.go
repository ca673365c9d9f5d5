package suite

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/maths"
	"github.com/tunegate/tunegate/internal/proc/proctest"
	"github.com/tunegate/tunegate/internal/python/pythontest"
)

func TestMain(m *testing.M) { proctest.Main(m) }

const unreadable = `
name: powers
defaultTest:
  assert:
    - {type: maths-equal, value: "½", weight: 0}
tests:
  - description: square
    turns:
      - user: "x times x?"
        assert:
          - {type: maths-equal, value: "x²"}
          - {type: contains, value: "x²"}
  - description: sum
    turns:
      - user: "2 + 2?"
        assert: [{type: maths-equal, value: 4}, {type: maths-equal, value: "\\frac{8}{2}"}]
`

// picky is a grader that reads ASCII only.
type picky struct {
	asked []string
	fail  int // the question that it fails at, from 1
}

func (p *picky) Compare(ctx context.Context, value, _ string) (maths.Result, error) {
	p.asked = append(p.asked, value)
	if err := ctx.Err(); err != nil {
		return maths.Result{}, err
	}
	if len(p.asked) == p.fail {
		return maths.Result{}, errors.New("the child does not start")
	}
	for _, r := range value {
		if r > 127 {
			return maths.Result{}, maths.ErrGold
		}
	}
	return maths.Result{Verdict: maths.Equal}, nil
}

// validated gives the mistakes, and the error behind them.
func validated(t *testing.T, grader *picky, s Suite) (shown []string) {
	t.Helper()
	mistakes, err := Validate(t.Context(), grader, []Suite{s})
	for _, mistake := range append(mistakes, err) {
		if mistake != nil {
			shown = append(shown, mistake.Error())
		}
	}
	return shown
}

const hint = " as mathematics (hint: write LaTeX or plain ASCII, such as x^2 or \\frac{1}{2})"

func TestValidate(t *testing.T) {
	t.Parallel()
	s, err := Reader{}.Suite("suites/powers.suite.yaml", []byte(unreadable))
	if err != nil {
		t.Fatal(err)
	}
	grader := &picky{}
	want := []string{
		`suites/powers.suite.yaml:5: maths-equal: the grader cannot read "½"` + hint,
		`suites/powers.suite.yaml:11: maths-equal: the grader cannot read "x²"` + hint,
	}
	if diff := cmp.Diff(want, validated(t, grader, s)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"½", "x²", "4", `\frac{8}{2}`}, grader.asked); diff != "" {
		t.Errorf("asked for: %s", diff)
	}
	want = append(want[:1:1], "suites/powers.suite.yaml:11: the child does not start")
	if diff := cmp.Diff(want, validated(t, &picky{fail: 2}, s)); diff != "" {
		t.Error(diff)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := Validate(ended, &picky{}, []Suite{s}); got != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v, %v", got, err)
	}
}

// The real grader reads neither a raised two nor a half of Unicode.
func TestValidateByTheGrader(t *testing.T) {
	t.Parallel()
	checker, err := maths.Start(t.Context(), proctest.Launcher(t), pythontest.Interpreter(t), maths.Options{Wall: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	defer checker.Close()
	s, err := Reader{}.Suite("s.yaml", []byte(unreadable))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Validate(t.Context(), checker, []Suite{s}); len(got) != 2 || err != nil {
		t.Errorf("%v, %v", got, err)
	}
}
