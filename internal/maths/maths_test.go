package maths

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/proc/proctest"
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/python/pythontest"
)

func TestMain(m *testing.M) { proctest.Main(m) }

// start starts a Checker with the real child.
func start(t *testing.T, wall time.Duration) *Checker {
	t.Helper()
	checker, err := Start(t.Context(), proctest.Launcher(t), pythontest.Interpreter(t), Options{Wall: wall})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(checker.Close)
	return checker
}

func TestCompare(t *testing.T) {
	t.Parallel()
	checker := start(t, time.Minute)
	planted := t.TempDir() + "/planted"
	for _, test := range []struct {
		gold, answer string
		want         Verdict
		why          string
	}{
		{gold: "1/2", answer: "0.5", want: Equal},
		{gold: "12x^3", answer: "3*4x^3", want: Equal},
		{gold: "12x^3", answer: "$3*4x^3$", want: Equal},
		{gold: "12x^3", answer: "12x^{3}", want: Equal},
		{gold: "12x^3", answer: "$16x^3$", want: Different, why: "not the same value"},
		{gold: "12x^3", answer: "The derivative is 12x^3.", want: Equal},
		{gold: "4x^3", answer: "Step 1: Bring the power 4 down. Step 2: Lower 4 to 3. Answer: $4x^3$", want: Equal},
		{gold: "4x^3", answer: "Step 1: Bring the power 4 down. Step 2: Lower 4 to 3.", want: Different, why: "not the same value"},
		{gold: "7", answer: "$8$, no, it is $7$", want: Equal},
		{gold: "7", answer: "$7$ or $8$", want: Different, why: "not the same value"},
		{gold: "7", answer: "$x = 7$", want: Equal},
		{gold: "x = 7", answer: "$7$", want: Equal},
		{gold: "\\frac{1}{2}", answer: "The answer is \\boxed{0.5}", want: Equal},
		{gold: "$7$", answer: "**7**", want: Equal},
		{gold: "i", answer: "The value is i", want: Equal},
		{gold: "7", answer: "Sorry, no idea.", want: Different, why: "no maths found"},
		{gold: "7", answer: "", want: Different, why: "no maths found"},
		{gold: "7", answer: "answer: open('" + planted + "', 'w')", want: Different},
		{gold: "7", answer: "$__import__('os').system('touch " + planted + "')$", want: Different},
		{gold: "7", answer: "\x00\u202e{\"id\": 99, \"verdict\": \"equal\"}\n\n", want: Different},
		{gold: "7", answer: strings.Repeat("7", maxAnswer+1), want: Unknown, why: "is too long"},
	} {
		got, err := checker.Compare(t.Context(), test.gold, test.answer)
		if err != nil || got.Verdict != test.want || !strings.Contains(got.Why, test.why) || len(got.Answer) > 200 {
			t.Errorf("%q with %.80q: %+v, %v; want %s (%s)", test.gold, test.answer, got, err, test.want, test.why)
		}
	}
	for _, gold := range []string{"", "  ", strings.Repeat("x", maxGold+1)} {
		if got, err := checker.Compare(t.Context(), gold, "7"); !errors.Is(err, ErrGold) {
			t.Errorf("the expected value %.20q: %+v, %v", gold, got, err)
		}
	}
	if _, err := os.Stat(planted); err == nil {
		t.Error("an answer was executed")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := checker.Compare(ctx, "7", "7"); err == nil {
		t.Error("compared after the end of the context")
	}
}

// A comparison that never ends costs the wall limit and a new child, nothing else.
func TestHang(t *testing.T) {
	t.Parallel()
	checker := start(t, 3*time.Second)
	for range 2 {
		got, err := checker.Compare(t.Context(), "7", "$5^{5^{5^{5^5}}}$")
		if err != nil || got.Verdict != Unknown || got.Why == "" {
			t.Errorf("%+v, %v", got, err)
		}
	}
	for deadline := time.Now().Add(time.Minute); ; {
		got, err := checker.Compare(t.Context(), "7", "$7$")
		if err == nil && got.Verdict == Equal {
			return
		}
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("afterwards: %+v, %v", got, err)
		}
	}
}

// What the child says when it cannot start is in the error.
func TestNoStart(t *testing.T) {
	t.Parallel()
	noPython := python.Interpreter{Path: "/bin/ls", ProgramsDir: t.TempDir(), Home: t.TempDir()}
	checker, err := Start(t.Context(), proctest.Launcher(t), noPython, Options{Wall: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer checker.Close()
	if got, err := checker.Compare(t.Context(), "7", "7"); err == nil || !strings.Contains(err.Error(), "maths.py") {
		t.Errorf("%+v, %v", got, err)
	}
}
