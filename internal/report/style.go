package report

import (
	"fmt"
	"strings"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/markdown"
	"github.com/tunegate/tunegate/internal/text"
)

// The bounds that all renderers share.
const (
	MostRules   = 60 // rows of a table of rules
	MostNotes   = 10
	MostNearest = 3 // training rows of one case
)

// maxReason bounds one of the gate's reasons, in runes.
const maxReason = 400

// Style writes the two kinds of foreign text in our sentences for one output: names,
// which it quotes, and the gate's reasons.
type Style struct {
	Quote string
	Prose func(string) string
}

var (
	// Markdown is for comments and cards.
	Markdown = Style{"`", markdown.Prose}
	// Plain is for sentences on a terminal, Bare for tables there.
	Plain = Style{"`", Reason}
	Bare  = Style{"", Reason}
)

// Reason is one of the gate's reasons for an output in which only workflow commands
// have a meaning.
func Reason(s string) string { return text.Inert(text.Shown(s, maxReason)) }

// Name is an untrusted name, made harmless.
func (in Style) Name(s string) string { return in.quoted(text.Name(s)) }

func (in Style) quoted(s string) string { return in.Quote + s + in.Quote }

// tag is a model's tag, NAME:TAG, each part a name.
func (in Style) tag(tag string) string {
	model, version, found := strings.Cut(tag, ":")
	if !found {
		return in.Name(model)
	}
	return in.quoted(text.Name(model) + ":" + text.Name(version))
}

// Revision writes a commit and its ref.
func (in Style) Revision(r Revision) string {
	sha := r.SHA[:min(len(r.SHA), 12)]
	switch {
	case r.Ref == "":
		return in.Name(sha)
	case sha == "":
		return in.ref(r.Ref)
	}
	return in.ref(r.Ref) + " (" + in.Name(sha) + ")"
}

// ref is a git ref: names joined by slashes, after OWNER: for a fork's.
func (in Style) ref(s string) string {
	if owner, branch, found := strings.Cut(s, ":"); found {
		return in.quoted(text.Name(owner) + ":" + slashed(branch))
	}
	return in.quoted(slashed(s))
}

// slashed are names joined by slashes, at most 200 bytes.
func slashed(s string) string {
	parts := strings.Split(s, "/")
	for i, part := range parts {
		parts[i] = text.Name(part)
	}
	joined := strings.Join(parts, "/")
	return joined[:min(len(joined), 200)]
}

// Suites writes the suite of a rule, or those that it pools.
func (in Style) Suites(rule gate.Rule) string {
	switch {
	case rule.Suite == "":
		return ""
	case !rule.Pooled():
		return in.Name(rule.Suite)
	}
	var written []string
	for suite := range strings.SplitSeq(rule.Suite, ", ") {
		written = append(written, in.Name(suite))
	}
	if len(written) > 6 {
		written = append(written[:6], fmt.Sprintf("%d more", len(written)-6))
	}
	return strings.Join(written, ", ")
}

// Signed writes a change in percentage points: +12.5.
func Signed(share float64) string {
	written := gate.Points(share)
	if written == "0.0" || strings.HasPrefix(written, "-") {
		return written
	}
	return "+" + written
}

// Minus writes numbers with the minus sign, which is as wide as a plus.
func Minus(numbers string) string { return strings.ReplaceAll(numbers, "-", "\u2212") }
