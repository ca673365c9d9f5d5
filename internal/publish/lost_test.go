package publish

import (
	"fmt"
	"testing"

	"github.com/tunegate/tunegate/internal/github/githubtest"
)

func TestOneCommentAndOneStatusWhateverGitHubDoes(t *testing.T) {
	t.Parallel()
	for kind, name := range map[githubtest.Kind]string{
		githubtest.Lost: "the work is done and the answer is lost", githubtest.LostBefore: "nothing arrives", githubtest.Limit429: "429 without headers",
		githubtest.Secondary: "a secondary limit", githubtest.BadGateway: "502",
	} {
		for _, path := range []string{"/issues/7/comments", "/statuses/", "/check-runs", "/contents/", "/pulls"} {
			t.Run(fmt.Sprintf("%s at %s", name, path), func(t *testing.T) {
				t.Parallel()
				l := newLab(t, nil, manyErrors()...)
				l.leave()
				l.api.Fail(githubtest.Fault{Path: path, Kind: kind, Times: 2})
				if got, err := l.publish(); err != nil || got.Exit != 3 {
					t.Errorf("%+v, %v", got, err)
				}
				if comments, statuses, checks := l.comments(), l.api.Statuses(headSHA), l.api.CheckRuns(headSHA); len(comments) != 1 || len(statuses) != 1 || len(checks) != 1 || len(checks[0].Annotations) != 60 {
					t.Errorf("%d comments, %v, %d check runs", len(comments), statuses, len(checks))
				}
			})
		}
	}
}
