package publish

import (
	"context"
	"strings"

	"github.com/tunegate/tunegate/internal/github"
	"github.com/tunegate/tunegate/internal/report"
)

// predecessor says whose comment was there before this one.
type predecessor int

const (
	noRun    predecessor = iota // none, or an earlier run's
	sameRun                     // this run's: another job of it published before
	laterRun                    // a later run's about the same commit, to which this one leaves the status unless it decided
)

// comment writes the pull request's comment.
func (p *publication) comment(ctx context.Context) (there predecessor) {
	request, err := pull(ctx, p.Client, p.Event)
	if err != nil || request == nil {
		p.may("the comment", err)
		return noRun
	}
	about := report.About{HeadSHA: p.sha, RunID: p.Event.RunID, Attempt: p.Event.Attempt}
	sticky := string(report.Sticky(p.found.report, about))
	url, wrote, err := p.Client.Upsert(ctx, request.Number, github.Sticky{
		Marker: report.Marker, Body: sticky,
		Replaces: func(old string) bool {
			before, told := report.ParseMarker(old)
			may := !told || replaces(about, before, request.HeadSHA)
			switch {
			case !may && before.HeadSHA == about.HeadSHA:
				there = laterRun
			case before == about && stored(old) != stored(sticky) && there != laterRun:
				there = sameRun
			}
			return may
		},
	})
	p.may("the comment", err)
	if err != nil {
		return there
	}
	p.result.URL = url
	if !wrote {
		p.result.Notes = append(p.result.Notes, "the comment there is about a newer commit or run, so it stays as it is")
	}
	return there
}

// stored is a comment's text as it comes back, whatever GitHub made of its line
// ends.
func stored(body string) string { return strings.TrimSpace(strings.ReplaceAll(body, "\r", "")) }

// replaces says whether a comment about ours may stand in place of one about
// old: one about the pull request's current head comes before one about another
// commit, else the later run, or the later attempt of it.
func replaces(ours, old report.About, current string) bool {
	if (ours.HeadSHA == current) != (old.HeadSHA == current) {
		return ours.HeadSHA == current
	}
	if ours.RunID != old.RunID {
		return ours.RunID > old.RunID
	}
	return ours.Attempt >= old.Attempt
}

// maxDescription is how many characters a commit status shows.
const maxDescription = 140

// status sets the commit's status where one is asked for. Unlike the comment it
// is the gate, so a token that may not set it is an error.
func (p *publication) status(ctx context.Context, state string) {
	if p.Status == "" || p.Event.Change == nil {
		return
	}
	err := p.Client.Status(ctx, p.sha, github.Status{
		State: state, Context: p.Status, Description: plain(p.result.Headline, maxDescription), URL: p.Event.RunURL,
	})
	if err != nil {
		p.failed = append(p.failed, err)
	}
}

// headline is the verdict in one line.
func headline(r report.Report) string {
	first, _, _ := strings.Cut(string(report.Summary(r)), "\n")
	return strings.TrimPrefix(first, "tunegate: ")
}
