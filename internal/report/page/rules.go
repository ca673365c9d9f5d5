package page

import (
	"fmt"
	"strings"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/text"
)

// ruleGroup is the rules of one purpose.
type ruleGroup struct {
	Title, About string
	Rules        []shownRule
}

// shownRule is a rule on the page.
type shownRule struct {
	Rule, Suite string
	Outcome     gate.Outcome
	Sign        string
	Plot        *interval
	Change      string
	Range       string // the interval
	Numbers     []string
	Why         string
}

// purposes are the kinds of rules by the prefix of their names, in the order of the
// page.
var purposes = []struct{ prefix, title, about string }{
	{"merge.", "Merge", "fails on evidence of harm"},
	{"promote.", "Promotion", "needs evidence of benefit"},
	{"", "Reported only", "no rule applies"},
}

// shownRules groups the rules, all plotted on one axis, and returns its ticks.
func shownRules(r report.Report, left func(int, string)) (groups []ruleGroup, ticks []tick) {
	var rules []gate.Rule
	for _, rule := range r.Verdict.Rules {
		if rule.Rule != gate.DataErrors {
			rules = append(rules, rule)
		}
	}
	rules = bound(rules, pageRules, "rule", left)
	span, step := newAxis(rules, r.Policy)
	taken := make([]bool, len(rules))
	for _, purpose := range purposes {
		g := ruleGroup{Title: purpose.title, About: purpose.about}
		for i, rule := range rules {
			if !taken[i] && strings.HasPrefix(rule.Rule, purpose.prefix) {
				taken[i] = true
				g.Rules = append(g.Rules, showRule(rule, r.Policy, span))
			}
		}
		if len(g.Rules) > 0 {
			groups = append(groups, g)
		}
	}
	return groups, span.ticks(step)
}

func showRule(rule gate.Rule, policy gate.Policy, span axis) shownRule {
	shown := shownRule{
		Rule: text.Name(rule.Rule), Suite: report.Bare.Suites(rule), Outcome: gate.Outcome(text.Name(string(rule.Outcome))),
		Sign: signs[rule.Outcome], Plot: span.plot(rule, policy), Why: report.Bare.Prose(rule.Why),
	}
	say := func(format string, args ...any) { shown.Numbers = append(shown.Numbers, fmt.Sprintf(format, args...)) }
	switch {
	case rule.Rule == gate.OutputTokens || rule.Rule == gate.LatencyMedian:
		shown.Change = report.Minus(report.Signed(rule.Delta)) + " %"
		say("%.1f before, %.1f after", rule.Baseline, rule.Candidate)
		say("n = %s", report.Pairs(rule))
	case rated(rule):
		shown.Change = report.Minus(report.Signed(rule.Delta))
		shown.Range = report.Minus(report.Signed(rule.CI[0]) + " to " + report.Signed(rule.CI[1]))
		say("%s %% before, %s %% after", gate.Points(rule.Baseline), gate.Points(rule.Candidate))
		if !strings.Contains(rule.Why, " cases ") {
			say("%d regressed, %d fixed of %s", len(rule.Regressed), len(rule.Fixed), report.Pairs(rule))
		}
		if rule.Missing > 0 {
			say("%d excluded", rule.Missing)
		}
		switch {
		case report.Detectable(rule):
			say("minimum detectable effect %s", gate.Points(rule.Detects))
		case rule.Detects < 1 && rule.Rule == gate.PromoteGain:
			say("baseline too high to detect a gain")
		case rule.Detects < 1:
			say("baseline too low to detect a drop")
		default:
			say("too few cases to detect any change")
		}
	}
	return shown
}
