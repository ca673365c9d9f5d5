package reporttest

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/report"
)

// Attacks are texts that try to escape their context.
func Attacks() []string {
	return []string{
		"``` \n# out\n```", "````\n@octocat", "~~~\n[a](javascript:alert(1))", "`", "``", "a`b``c", "` `", " `x` ",
		"| a | b |\n|---|---|", "</details>", "<script>alert(1)</script>", "-->", "<!-- tunegate -->", "<img src=x onerror=y>",
		"@octocat #1 GH-1 https://example.org www.example.org a@example.org", "![x](https://example.org/x.png)", ":white_check_mark:",
		"\u202eesrever\u2066\u200b\ufeff", "\x1b[31mred\x00\x08", "a\rb\r\nc\u2028d\u0085e", "\xff\xfe", "::error::x", "##[error]x", "\u00a0::set-output name=a::b",
		"$`x`$", "```mermaid\ngraph TD\n```", strings.Repeat("`", 500), strings.Repeat("long ", 5000), "    indented", "\\", "\\`", "a\\|b", "1. x", "- x", "***",
		"0123456789abcdef` `", "a `b` c: `www.d`",
	}
}

// Poisoned is a failed report in which every untrusted text is s.
func Poisoned(s string) report.Report {
	no, yes := false, true
	var cases []eval.Case
	var regressed []string
	for i := range 9 {
		id := fmt.Sprint(s, i)
		before, after := &yes, &no
		if i == 8 {
			before, after = after, before
		} else {
			regressed = append(regressed, id)
		}
		for model, passed := range map[string]*bool{eval.Baseline: before, eval.Candidate: after} {
			cases = append(cases, eval.Case{
				Suite: s, Case: id, Cluster: s, Model: model, Pass: passed, Evidence: eval.Direct, Turns: []eval.Turn{{User: s, Output: s}},
				Asserts: []eval.AssertResult{{Type: s, Value: s, Result: eval.Fail, Weight: 1, Why: s}},
			})
		}
	}
	finding := dataset.Finding{Check: s, Level: "error", New: true, File: s, Line: 3, See: s, Message: s}
	warned, old := finding, finding
	warned.Level, old.New = "warn", false
	return report.Report{
		Verdict: gate.Verdict{Outcome: gate.Fail, ModelID: s, BaselineModelID: s, PolicySHA256: s, Rules: []gate.Rule{
			{Rule: gate.NoHarm, Suite: s, N: 20, Regressed: regressed, Fixed: []string{fmt.Sprint(s, 8)}, Outcome: gate.Fail, Why: "x"},
			{Rule: gate.DataErrors, N: 1, Outcome: gate.Fail, Why: "x"},
			{Rule: s, Suite: s, N: 1, Outcome: gate.Inconclusive, Why: "x"},
		}},
		Error: s, Nearest: map[string][]report.Row{s + "/" + fmt.Sprint(s, 0): {{File: s, Line: 3, Question: s, Similarity: 0.5, New: true}}},
		BaselineProbe: &report.BaselineProbe{Eligible: 20, Asked: 9, Correct: 4, Rows: []report.Row{{File: s, Line: 4, Question: s}}},
		Cases:         cases, Head: report.Revision{Ref: s, SHA: s}, Base: report.Revision{Ref: s, SHA: s}, CandidateTag: s, BaselineTag: s, Stages: []report.Stage{{Name: s, Seconds: 1, Reused: false}},
		Findings: []dataset.Finding{finding, warned, old}, Samples: []report.Sample{{Prompt: s, Base: s, Adapter: s}}, Export: &report.Export{GGUFSHA256: s}, Reproduce: s,
	}
}

// Hostile is a report with everything, in which every untrusted text is s.
func Hostile(s string) report.Report {
	r := Poisoned(s)
	full := Tutor()
	r.Name, r.Forecast, r.Losses, r.Suites = s, full.Forecast, full.Losses, nil
	recipe := *full.Training.Recipe
	recipe.LoRA.TargetModules = []string{s}
	r.Training = &report.Training{Device: s, Precision: s, Versions: map[string]string{"torch": s}, Recipe: &recipe}
	r.Origin = report.Origin{
		Run: s, Tool: s, Server: s, Lineage: s, Base: report.BaseModel{Model: s, Revision: s, License: "x" + s},
		Materials: []report.Material{{Name: s, Algorithm: s, Digest: s}},
	}
	r.Notes = []string{s}
	r.Verdict.ModelID = "x" + s
	return r
}

// CheckVisible fails the test if the output has an invisible character.
func CheckVisible(t testing.TB, rendered string) {
	t.Helper()
	for line := range strings.Lines(rendered) {
		if i := strings.IndexFunc(line, func(r rune) bool {
			return r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r))
		}); i >= 0 {
			t.Errorf("control or format character in %q", line)
		}
	}
}
