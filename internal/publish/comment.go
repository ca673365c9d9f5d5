package publish

import (
	"context"
	"fmt"
	"strings"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/github"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/report/comment"
	"github.com/tunegate/tunegate/internal/report/terminal"
	"github.com/tunegate/tunegate/internal/text"
)

// comment writes the pull request's comment. It reports whether that of a later run
// about the same commit stays: then that run also sets the status, unless this
// one decided.
func (p *publication) comment(ctx context.Context) (later bool) {
	request, err := pull(ctx, p.Client, p.Event)
	if err != nil || request == nil {
		p.may("the comment", err)
		return false
	}
	if outdated(p.found.report.State) && request.HeadSHA != p.sha {
		p.result.Notes = append(p.result.Notes, "the pull request has a newer commit, so its comment does not mention this one, which has no verdict")
		return false
	}
	about := comment.About{HeadSHA: p.sha, RunID: p.Event.RunID, Attempt: p.Event.Attempt}
	sticky := string(comment.Sticky(p.found.report, about))
	url, wrote, err := p.Client.Upsert(ctx, request.Number, github.Sticky{
		Marker: comment.Marker, Body: sticky,
		Replaces: func(old string) bool {
			before, told := comment.ParseMarker(old)
			if told && !request.Open && p.found.report.Verdict.Outcome == gate.Same && comment.HasVerdict(old) {
				return false // what was judged is merged
			}
			may := !told || replaces(about, before, request.HeadSHA)
			later = later || !may && before.HeadSHA == about.HeadSHA
			return may
		},
	})
	p.may("the comment", err)
	if login, mistaken := p.Client.Writer(); mistaken {
		p.result.Notes = append(p.result.Notes, fmt.Sprintf("the token comments as %.60q, not as the configured author, so each run posts a new comment before it finds the existing one (hint: set the input author, or --author, to %[1]s)", login))
	}
	if err != nil {
		return later
	}
	p.result.URL = url
	if !wrote {
		p.result.Notes = append(p.result.Notes, "the existing comment is about a newer commit or run, or has the verdict of what was merged, so it is left unchanged")
	}
	return later
}

// outdated reports whether a run's end is irrelevant once a newer commit
// exists.
func outdated(s report.State) bool { return s != report.Judged && s != report.Ungated }

// replaces reports whether a comment about ours may replace one about
// old: one about the pull request's current head comes before one about another
// commit, else the later run, or the later attempt of it.
func replaces(ours, old comment.About, current string) bool {
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

// status sets the commit's status if one is asked for. Unlike the comment it
// is the gate, so a token that may not set it is an error.
func (p *publication) status(ctx context.Context, state string) {
	if p.Status == "" {
		return
	}
	err := p.Client.Status(ctx, p.sha, github.Status{
		State: state, Context: p.Status, Description: text.Line(p.result.Headline, maxDescription), URL: p.Event.RunURL,
	})
	if err != nil {
		p.failed = append(p.failed, err)
	}
}

// headline is the verdict in one line.
func headline(r report.Report) string {
	first, _, _ := strings.Cut(string(terminal.Summary(r)), "\n")
	return strings.TrimPrefix(first, "tunegate: ")
}
