package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/gate"
)

func TestCommentKeepsItsBudget(t *testing.T) {
	t.Parallel()
	r := poisoned(strings.Repeat("\U0001F600`", 3000))
	for i := range 500 {
		rule := r.Verdict.Rules[0]
		rule.Suite = fmt.Sprint(strings.Repeat("s", 60), i)
		r.Verdict.Rules = append(r.Verdict.Rules, rule)
	}
	for i := range 100 {
		for _, finding := range r.Findings[:2] {
			finding.Message = fmt.Sprint(i, finding.Message)
			r.Findings = append(r.Findings, finding)
		}
	}
	comment := string(Comment(r))
	if len(comment) > Budget {
		t.Errorf("%d bytes", len(comment))
	}
	for line := range strings.Lines(comment) {
		if cells := strings.Count(line, "|") - 1; strings.HasPrefix(line, "|") && cells != len(columns) && cells != len(comparedColumns) {
			t.Errorf("a cut row: %s", line)
		}
	}
	for _, want := range []string{
		Marker + " -->\n### ❌ tunegate: fail - ", "441 rows more in report.html", "#### What broke (8 cases)\n\n<details open>",
		"\nLeft out for length: ", "All of it is in report.html.\n",
	} {
		if !strings.Contains(comment, want) {
			t.Errorf("%q is not in it", want)
		}
	}
}

func TestChart(t *testing.T) {
	t.Parallel()
	rated := func(names ...string) (r Report) {
		for i, name := range names {
			r.Verdict.Rules = append(r.Verdict.Rules, gate.Rule{Rule: gate.NoHarm, Suite: name, N: 10, Baseline: 0.9, Candidate: float64(i) / 2})
		}
		return r
	}
	if chart := rated("a\"]\n```", "b").chart(); !strings.Contains(chart, `x-axis ["a______", "b"]`) ||
		!strings.Contains(chart, "bar [90.0, 90.0]\n  bar [0.0, 50.0]\n  bar [0.0, 50.0]\n```\n") {
		t.Errorf("got %s", chart)
	}
	many := strings.Fields("a b c d e f g h i")
	for _, names := range [][]string{{"a"}, many, {strings.Repeat("a", 29), strings.Repeat("a", 30)}} {
		if chart := rated(names...).chart(); chart != "" {
			t.Errorf("%q make %s", names, chart)
		}
	}
	if chart := rated(many[:8]...).chart(); chart == "" {
		t.Error("eight suites make no chart")
	}
}

func TestExcerptKeepsBothEnds(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text string
		most int
		want []string
	}{
		{" \n", 3, []string{"(empty)"}},
		{"a\n\n  b\r\nc", 3, []string{"a", "  b", "c"}},
		{"1\n2\n3\n4\n5\n6\n7", 6, []string{"1", "2", "3", "[2 more lines]", "6", "7"}},
		{strings.Repeat("long ", 20), 6, []string{strings.TrimSpace(strings.Repeat("long ", 17)), "long long long"}},
		{strings.Repeat("\U0001F600", 100), 6, []string{strings.Repeat("\U0001F600", 84), strings.Repeat("\U0001F600", 16)}},
	} {
		if got := excerpt(test.text, test.most); !slices.Equal(got, test.want) {
			t.Errorf("%q: got %q, want %q", test.text, got, test.want)
		}
	}
}

func TestAssembleDropsTheLeastImportant(t *testing.T) {
	t.Parallel()
	sections := []section{{0, "a", "A\n"}, {9, "b", strings.Repeat("B", 100) + "\n"}, {3, "c", strings.Repeat("C", 100) + "\n"}, {5, "d", ""}, {9, "b", "b\n"}}
	got := assemble(sections, 600+2+1+102+1+1+3, " in report.html")
	want := "A\n\n" + sections[2].text + "\nb\n\nLeft out for length: b. All of it is in report.html.\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestHeadlines(t *testing.T) {
	t.Parallel()
	block := usual()
	block.Merge.OnInconclusive = gate.Block
	harmed := func(suite string, p float64) gate.Rule {
		return gate.Rule{Rule: gate.NoHarm, Suite: suite, N: 30, Broken: []string{"a", "b"}, Fixed: []string{"c"}, P: p, Outcome: gate.Fail}
	}
	gain := gate.Rule{Rule: gate.PromoteGain, Suite: "a, b", N: 60, Delta: .1, P: .01, Outcome: gate.Pass}
	for _, test := range []struct {
		policy     gate.Policy
		outcome    gate.Outcome
		promotable bool
		rules      []gate.Rule
		want       string
	}{
		{block, gate.Fail, false, []gate.Rule{harmed("a", .02), harmed("b", .01)},
			"fail - `b` got worse: 2 of 30 cases broke, 1 fixed (p = 0.0100); `a` got worse: 2 of 30 cases broke, 1 fixed (p = 0.0200)"},
		{block, gate.Fail, false, []gate.Rule{harmed("a", .02), harmed("b", .02), harmed("c", .02), harmed("d", .02)},
			"fail - `a` got worse: 2 of 30 cases broke, 1 fixed (p = 0.0200); `b` got worse: 2 of 30 cases broke, 1 fixed (p = 0.0200); " +
				"`c` got worse: 2 of 30 cases broke, 1 fixed (p = 0.0200); and 1 suite more"},
		{block, gate.Fail, false, []gate.Rule{{Rule: gate.OutputTokens, Outcome: gate.Fail, Why: "the mean answer is longer"}}, "fail - the mean answer is longer"},
		{block, gate.Fail, false, []gate.Rule{{Rule: gate.DataErrors, N: 1, Outcome: gate.Fail}}, "fail - the data has 1 new error, so nothing was trained"},
		{block, gate.Inconclusive, false, []gate.Rule{{Rule: gate.NoHarm, Outcome: gate.Inconclusive, Why: "there is no suite"}},
			"inconclusive - there is no suite; the policy blocks on that"},
		{usual(), gate.Inconclusive, true, []gate.Rule{
			{Rule: gate.NoHarm, Suite: "a", Outcome: gate.Inconclusive, Why: "too few"}, {Rule: gate.NoHarm, Suite: "b", Outcome: gate.Inconclusive, Why: "too few"}},
			"inconclusive - `a`: too few, and 1 rule more; the policy lets that through, and the model can be promoted"},
		{block, gate.Pass, true, []gate.Rule{gain}, "pass - `a`, `b` got better by 10.0 points (p = 0.0100), and no harm was found; the model can be promoted"},
		{block, gate.Pass, false, []gate.Rule{gain}, "pass - `a`, `b` got better by 10.0 points (p = 0.0100), and no harm was found; a promotion needs more"},
		{block, gate.Pass, false, nil, "pass - no harm was found, and no gain was shown"},
	} {
		r := Report{Policy: test.policy, Verdict: gate.Verdict{Outcome: test.outcome, Promotable: test.promotable, Rules: test.rules}}
		if got := r.headline(plain); got != "tunegate: "+test.want {
			t.Errorf("got  %s\nwant tunegate: %s", got, test.want)
		}
	}
}

// Only a judged run has a page, so nothing else names it.
func TestNotesAreBounded(t *testing.T) {
	t.Parallel()
	for state, want := range map[State]string{
		Judged: "> 2 notes more in report.html.\n", Ready: "> 2 notes more.\n", Ungated: "> 2 notes more.\n", Broke: "> 2 notes more.\n",
		Cancelled: "> 2 notes more.\n", Stopped: "> 2 notes more.\n",
	} {
		r := Report{State: state}
		for i := range 12 {
			r.Notes = append(r.Notes, fmt.Sprintf("note %d", i))
		}
		for i := range foldedData + 1 {
			r.Findings = append(r.Findings, dataset.Finding{Check: "level", Message: fmt.Sprint("no ", i)})
		}
		comment := string(Comment(r))
		if !strings.Contains(comment, "> note 9\n>\n"+want) || !strings.Contains(comment, "- 1 more") || state != Judged && strings.Contains(comment, "report.html") {
			t.Errorf("%q: got %s", state, comment)
		}
	}
	if got := assemble([]section{{1, "a", strings.Repeat("a", 700)}}, 650, ""); got != "Left out for length: a.\n" {
		t.Errorf("got %q", got)
	}
}

func TestNotesOfAnyText(t *testing.T) {
	t.Parallel()
	if got, want := (Report{Notes: []string{"", "1. a"}}).notes(), "> [!NOTE]\n> `(empty)`\n>\n> `1. a`\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Drops and gains are told apart, and what no rule judges is left out.
func TestSights(t *testing.T) {
	t.Parallel()
	r := Report{Verdict: gate.Verdict{Rules: []gate.Rule{
		{Rule: gate.NoHarm, Suite: "a", N: 48, Baseline: 0.02, Detects: 0.16}, {Rule: gate.NoHarm, Suite: "b", N: 50, Baseline: 0.98, Detects: 0.15},
		{Rule: gate.NoHarm, Suite: "c", N: 0}, {Rule: gate.PromoteGain, Suite: "a, b", N: 98, Baseline: 0.5, Detects: 0.12},
		{Rule: gate.PromoteNoLoss, Suite: "d", N: 50, Baseline: 0.98, Detects: 0.15}, {Rule: gate.Observed, Suite: "e", N: 50, Detects: 0.15},
	}}}
	want := "**What the suites can see:** with a chance of 80 %, a drop of 15.0 points in `b` (50 cases); " +
		"a gain of 12.0 points in `a`, `b` (98 cases); a smaller change may pass unseen. They can not see any drop in `a` (48 cases).\n"
	if got := r.sights(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	blind := Report{Verdict: gate.Verdict{Rules: []gate.Rule{{Rule: gate.NoHarm, Suite: "a", N: 3, Detects: 0.5}, {Rule: gate.PromoteGain, Suite: "b", N: 4, Baseline: 1, Detects: 0.5}}}}
	want = "**What the suites can see:** They can not see any drop in `a` (3 cases), nor any gain in `b` (4 cases).\n"
	if got := blind.sights(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	r.Verdict.Rules = r.Verdict.Rules[4:]
	if got := r.sights(); got != "" {
		t.Errorf("got %s", got)
	}
}

func TestBrokenCaseLikeNoRow(t *testing.T) {
	t.Parallel()
	const alone = "No training row is like it.\n"
	r := tutor()
	if got := strings.Count(string(Comment(r)), alone); got != shownFlips-len(r.Nearest) {
		t.Errorf("%d cases of %d are like no row", got, shownFlips)
	}
	for r.Nearest = range slices.Values([]map[string][]Row{nil, {"followup/steps-product-0": {}}}) {
		if strings.Contains(string(Comment(r)), alone) {
			t.Errorf("%v: it tells what was not looked for", r.Nearest)
		}
	}
}

func TestAlreadyIsASample(t *testing.T) {
	t.Parallel()
	for want, about := range map[string]Already{
		"of 16 asked of 4,812 new rows whose answer ends in a value, the baseline had 12 right": {Of: 4812, Asked: 16, Right: 12},
		"of 1 asked of 1 new row whose answer ends in a value, the baseline had 0 right":        {Of: 1, Asked: 1},
	} {
		if got := about.said(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestWorkBelowASecondIsHidden(t *testing.T) {
	t.Parallel()
	r := Report{Head: Revision{Ref: "a"}, Base: Revision{Ref: "b"}, Stages: []Stage{{"dataset", 0.04, false}, {"train", 600, true}}}
	if got := r.subject(plain); got != "`a` into `b`" {
		t.Errorf("got %s", got)
	}
	r.Stages[0].Seconds = 1
	if got := r.subject(plain); got != "`a` into `b`, 1.0 s of work" {
		t.Errorf("got %s", got)
	}
}
