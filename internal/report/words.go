package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/gate"
)

// style writes the two kinds of given text in our sentences for one output:
// names, around which it puts its quotes, and the gate's reasons.
type style struct {
	quote string
	prose func(string) string
}

var (
	markdown = style{"`", prose}
	// plain is for sentences on a terminal and bare for its tables; marked is for
	// the page, which cuts its sentences at the marks (see phrases).
	plain  = style{"`", func(s string) string { return inert(line(s, 400)) }}
	bare   = style{"", plain.prose}
	marked = style{mark, plain.prose}
)

// name is an untrusted name, made harmless.
func (in style) name(s string) string { return in.quoted(name(s)) }

func (in style) quoted(s string) string { return in.quote + s + in.quote }

// sentence is the verdict in words.
func (r Report) sentence(in style) string {
	if ending := r.ending(); ending != nil {
		return ending.sentence
	}
	switch r.Verdict.Outcome {
	case gate.Fail:
		return r.failed(in)
	case gate.Inconclusive:
		return r.undecided(in)
	case gate.Same:
		if r.Retrains {
			return fmt.Sprintf("the stable model is made of what %s holds now, so nothing was trained", in.ref(r.Base.Ref))
		}
		return fmt.Sprintf("data, base model and recipe are those of %s, so nothing was trained", in.ref(r.Base.Ref))
	default:
		return r.passed(in)
	}
}

// rules are those of the name with the outcome, the clearest first.
func (r Report) rules(name string, outcome gate.Outcome) []gate.Rule {
	var rules []gate.Rule
	for _, rule := range r.Verdict.Rules {
		if rule.Rule == name && rule.Outcome == outcome {
			rules = append(rules, rule)
		}
	}
	slices.SortStableFunc(rules, func(a, b gate.Rule) int { return cmp.Compare(a.P, b.P) })
	return rules
}

func (r Report) failed(in style) string {
	var parts []string
	for _, rule := range r.rules(gate.DataErrors, gate.Fail) {
		parts = append(parts, fmt.Sprintf("the data has %s, so nothing was trained", count(rule.N, "new error")))
	}
	harmed := r.rules(gate.NoHarm, gate.Fail)
	for _, rule := range harmed[:min(len(harmed), 3)] {
		said := fmt.Sprintf("%s got worse: %d of %s broke", in.name(rule.Suite), len(rule.Broken), count(rule.N, "case"))
		if len(rule.Fixed) > 0 {
			said += fmt.Sprintf(", %d fixed", len(rule.Fixed))
		}
		parts = append(parts, said+" ("+gate.PValue(rule.P)+")")
	}
	if more := len(harmed) - 3; more > 0 {
		parts = append(parts, fmt.Sprintf("and %s more", count(more, "suite")))
	}
	for _, rule := range slices.Concat(r.rules(gate.Answers, gate.Fail), r.rules(gate.OutputTokens, gate.Fail)) {
		parts = append(parts, in.prose(rule.Why))
	}
	return strings.Join(parts, "; ")
}

func (r Report) undecided(in style) string {
	rules := slices.Concat(r.rules(gate.NoHarm, gate.Inconclusive), r.rules(gate.OutputTokens, gate.Inconclusive))
	var words string
	if len(rules) > 0 {
		words = in.prose(rules[0].Why)
		if rules[0].Suite != "" {
			words = in.name(rules[0].Suite) + ": " + words
		}
	}
	if len(rules) > 1 {
		words += fmt.Sprintf(", and %s more", count(len(rules)-1, "rule"))
	}
	if r.Policy.Merge.OnInconclusive == gate.Block {
		return words + "; the policy blocks on that"
	}
	words += "; the policy lets that through"
	if r.Verdict.Promotable {
		words += ", and the model can be promoted"
	}
	return words
}

func (r Report) passed(in style) string {
	won := r.rules(gate.PromoteGain, gate.Pass)
	if len(won) == 0 {
		words := "no harm was found, and no gain was shown"
		for _, rule := range r.Verdict.Rules {
			if rule.Rule == gate.PromoteGain && rule.N > 0 {
				words += fmt.Sprintf(" (%s points, %s)", signed(rule.Delta), gate.PValue(rule.P))
			}
		}
		return words
	}
	rule := won[0]
	words := fmt.Sprintf("%s got better by %s points (%s), and no harm was found", suites(in, rule), gate.Points(rule.Delta), gate.PValue(rule.P))
	if r.Verdict.Promotable {
		return words + "; the model can be promoted"
	}
	return words + "; a promotion needs more"
}

// about says what the verdict is about.
func (r Report) about(in style) string {
	var words string
	switch {
	case r.Again:
		words = revision(in, r.Head) + ", judged again by the policy of " + in.ref(r.Base.Ref)
	case r.Retrains:
		words = revision(in, r.Base) + " as it stands"
	case r.Head.SHA != "" || r.Head.Ref != "":
		words = revision(in, r.Head) + " into " + revision(in, r.Base)
	}
	if r.CandidateTag != "" {
		if words != "" {
			words += ": "
		}
		words += fmt.Sprintf("candidate %s against baseline %s", in.tag(r.CandidateTag), in.tag(r.BaselineTag))
	}
	return words
}

// subject is what the verdict is about, and the time that it took.
func (r Report) subject(in style) string {
	words := r.about(in)
	if took := r.worked(); took > 0 && words != "" {
		words += ", " + duration(took) + " of work"
	}
	return words
}

// tag is a model's tag, NAME:TAG, each part a name.
func (in style) tag(tag string) string {
	model, version, found := strings.Cut(tag, ":")
	if !found {
		return in.name(model)
	}
	return in.quoted(name(model) + ":" + name(version))
}

func revision(in style, r Revision) string {
	sha := r.SHA[:min(len(r.SHA), 12)]
	switch {
	case r.Ref == "":
		return in.name(sha)
	case sha == "":
		return in.ref(r.Ref)
	}
	return in.ref(r.Ref) + " (" + in.name(sha) + ")"
}

// ref is a git ref: names joined by slashes, behind OWNER: where it is a fork's.
func (in style) ref(s string) string {
	if owner, branch, found := strings.Cut(s, ":"); found {
		return in.quoted(name(owner) + ":" + slashed(branch))
	}
	return in.quoted(slashed(s))
}

// slashed are names joined by slashes, at most 200 bytes.
func slashed(s string) string {
	parts := strings.Split(s, "/")
	for i, part := range parts {
		parts[i] = name(part)
	}
	joined := strings.Join(parts, "/")
	return joined[:min(len(joined), 200)]
}

// suites writes the suite of a rule, or those that it pools.
func suites(in style, rule gate.Rule) string {
	switch {
	case rule.Suite == "":
		return ""
	case !rule.Pooled():
		return in.name(rule.Suite)
	}
	var written []string
	for suite := range strings.SplitSeq(rule.Suite, ", ") {
		written = append(written, in.name(suite))
	}
	if len(written) > 6 {
		written = append(written[:6], fmt.Sprintf("%d more", len(written)-6))
	}
	return strings.Join(written, ", ")
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return grouped(n) + " " + what + "s"
}

// signed writes a change in percentage points.
func signed(share float64) string {
	written := gate.Points(share)
	if written == "0.0" || strings.HasPrefix(written, "-") {
		return written
	}
	return "+" + written
}
