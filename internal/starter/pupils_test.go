package starter

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/assertion"
	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/suite"
)

// pupil answers the graded question of a case of a suite.
type pupil func(s suite.Suite, c suite.Case) string

// class is a server that has an answer to the last question of each case.
type class struct{ answers map[string]string }

func (c class) Chat(_ context.Context, ask engine.Ask) (engine.Answer, error) {
	question := ask.Messages[len(ask.Messages)-1].Content
	answer, known := c.answers[question]
	if !known {
		return engine.Answer{}, fmt.Errorf("nobody knows %q", question)
	}
	return engine.Answer{Text: answer, DoneReason: "stop", Done: true}, nil
}

// examine takes a pupil through suites with the real evaluation and grader.
func examine(t *testing.T, grader assertion.Maths, suites []suite.Suite, p pupil) []eval.Case {
	t.Helper()
	answers := map[string]string{}
	for _, s := range suites {
		for _, c := range s.Cases {
			answers[last(c).User] = p(s, c)
		}
	}
	dir := t.TempDir()
	_, err := eval.Evaluation{
		Options: eval.Options{NumCtx: 4096, NumPredict: 1024}, Model: eval.Model{Tag: "pupil"}, Suites: suites,
		Server: class{answers}, Maths: grader, Clock: time.Now, Report: func(eval.Progress) {},
	}.Run(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	cases, err := eval.LoadCases(filepath.Join(dir, eval.CasesFile))
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

// expect checks that all cases, or those of the named suites, have the result.
func expect(t *testing.T, who string, cases []eval.Case, pass bool, names ...string) {
	t.Helper()
	for _, c := range cases {
		if len(names) > 0 && !slices.Contains(names, c.Suite) {
			continue
		}
		if c.Pass == nil || *c.Pass != pass {
			t.Errorf("%s: %s/%s: want pass %v: %.300q %+v", who, c.Suite, c.Case, pass, c.Turns[len(c.Turns)-1].Output, c.Asserts)
		}
	}
}

func TestPupils(t *testing.T) {
	t.Parallel()
	grader, all, written := checker(t), suites(t, Tutor), ofTestdata[map[string]string](t, "tutor/answers.yaml")
	good := func(s suite.Suite, c suite.Case) string {
		if answer := written[s.Name+"/"+c.ID]; answer != "" {
			return answer
		}
		if s.Name == "format" && !strings.HasPrefix(c.ID, "dollars-") {
			return written["format/"+sameForm(c, written)]
		}
		return model(c)
	}
	expect(t, "the good one", examine(t, grader, all, good), true)
	expect(t, "one who returns the question", examine(t, grader, all, func(_ suite.Suite, c suite.Case) string { return last(c).User }), false)

	terse := examine(t, grader, all, func(_ suite.Suite, c suite.Case) string { return "$" + value(c) + "$" })
	expect(t, "one who gives the bare result", terse, true, "symbolic")
	expect(t, "one who gives the bare result", terse, false, "steps", "followup")

	off := examine(t, grader, all, func(_ suite.Suite, c suite.Case) string {
		return strings.ReplaceAll(model(c), "$"+value(c)+"$", "$"+value(c)+" + 1$")
	})
	expect(t, "one who is off by one", off, false)

	parrot := examine(t, grader, all, func(_ suite.Suite, c suite.Case) string { return lastEarlier(c) })
	for _, c := range parrot {
		for _, a := range c.Asserts {
			if c.Suite == "followup" && a.Type != assertion.FinishReason && a.Result != eval.Fail {
				t.Errorf("one who repeats the earlier answer: %s: %+v", c.Case, a)
			}
		}
	}
}

// Answers that only nearly have the form, or the value, fail.
func TestSlips(t *testing.T) {
	t.Parallel()
	grader, all := checker(t), suites(t, Tutor)
	for key, slips := range ofTestdata[map[string][]string](t, "tutor/slips.yaml") {
		name, id, _ := strings.Cut(key, "/")
		var one []suite.Suite
		for _, s := range all {
			if s.Name == name {
				s.Cases = slices.DeleteFunc(slices.Clone(s.Cases), func(c suite.Case) bool { return c.ID != id })
				one = append(one, s)
			}
		}
		if len(one) != 1 || len(one[0].Cases) != 1 {
			t.Fatalf("there is no case %s", key)
		}
		for _, slip := range slips {
			expect(t, "a slip", examine(t, grader, one, func(suite.Suite, suite.Case) string { return slip }), false)
		}
	}
}

// model is an answer of two steps that says what the case's asserts ask for.
func model(c suite.Case) string {
	said := []string{"We look at what the task gives"}
	for _, a := range last(c).Asserts {
		switch a.Type {
		case assertion.Contains, assertion.IContains, assertion.IContainsAny:
			said = append(said, a.Values[0])
		}
	}
	return "Step 1: " + strings.Join(said, ", then ") + ".\n\nStep 2: From there the result is $" + value(c) + "$."
}

// value is the result that the case asks for.
func value(c suite.Case) string {
	for _, a := range last(c).Asserts {
		if a.Type == assertion.MathsEqual {
			return a.Values[0]
		}
	}
	return "0"
}

// sameForm names the case with a written answer whose form the case asks for.
func sameForm(c suite.Case, written map[string]string) string {
	form, _, _ := strings.Cut(c.ID, "-")
	for key := range written {
		if id, ok := strings.CutPrefix(key, "format/"); ok && strings.HasPrefix(id, form+"-") {
			return id
		}
	}
	return c.ID
}
