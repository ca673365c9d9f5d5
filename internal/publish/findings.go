package publish

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"github.com/tunegate/tunegate/internal/actions"
	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/github"
	"github.com/tunegate/tunegate/internal/text"
)

const (
	checkName = "tunegate data"
	// maxChecked bounds the findings of the check run: every 50 are a request.
	maxChecked = 450
	maxMessage = 400 // runes of a finding's message
	maxNote    = 600 // runes of a note
)

// annotate creates a check run of the new findings that the run itself could not
// annotate, once per workflow run: another job of it may already have.
func (p *publication) annotate(ctx context.Context) {
	more := beyond(p.found.report.Findings)
	if len(more) == 0 {
		return
	}
	errors := 0
	check := github.CheckRun{
		Name: checkName, ExternalID: fmt.Sprintf("%d.%d", p.Event.RunID, p.Event.Attempt), Conclusion: "neutral", URL: p.Event.RunURL,
	}
	for _, finding := range more {
		level := "warning"
		if finding.Blocks() {
			level, check.Conclusion = "error", "failure"
			errors++
		}
		if len(check.Annotations) < maxChecked && !strings.ContainsFunc(finding.File, unicode.IsControl) {
			check.Annotations = append(check.Annotations, github.Annotation{
				Path: finding.File, Line: finding.Line, Column: finding.Column, Level: level,
				Title: finding.Check, Message: text.Line(finding.Message, maxMessage),
			})
		}
	}
	check.Title = fmt.Sprintf("%s in the data: %s", text.Count(len(more), "more new finding"), text.Count(errors, "error"))
	check.Summary = fmt.Sprintf("The run annotated the first %d. %s Those at lines that the pull request does not touch are shown only here.",
		actions.MaxAnnotations, counts(more))
	p.may("the check run", p.Client.CheckRun(ctx, p.sha, check))
}

// beyond are the new findings that the run did not annotate, which takes
// the first ones.
func beyond(findings []dataset.Finding) []dataset.Finding {
	all := dataset.OnlyNew(findings)
	return all[min(len(all), actions.MaxAnnotations):]
}

// counts lists the number of findings per check, in the order of the
// first of each check.
func counts(findings []dataset.Finding) string {
	var order []string
	of := map[string]int{}
	for _, finding := range findings {
		if of[finding.Check] == 0 {
			order = append(order, finding.Check)
		}
		of[finding.Check]++
	}
	for i, check := range order {
		order[i] = fmt.Sprintf("`%s` %d", check, of[check])
	}
	return "These are: " + strings.Join(order, ", ") + "."
}
