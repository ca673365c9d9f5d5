package githubtest

import (
	"net/http"
	"slices"
	"strings"
)

// Pull is a pull request. HeadOwner is another's in a fork; empty means the
// repository's own.
type Pull struct {
	Number                      int
	HeadSHA, HeadRef, HeadOwner string
	BaseRef, BaseSHA, Author    string
	Open                        bool
}

// AddPull adds a pull request.
func (s *Server) AddPull(pull Pull) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if pull.HeadOwner == "" {
		pull.HeadOwner = s.owner
	}
	s.pulls = append(s.pulls, pull)
}

// SetHead pushes to a pull request: its head is the commit sha now.
func (s *Server) SetHead(number int, sha string) {
	s.alter(number, func(p *Pull) { p.HeadSHA = sha })
}

// Close closes a pull request, as a merge does.
func (s *Server) Close(number int) {
	s.alter(number, func(p *Pull) { p.Open = false })
}

func (s *Server) alter(number int, change func(*Pull)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if pull := s.pull(int64(number)); pull != nil {
		change(pull)
		return
	}
	s.t.Errorf("pull request %d was not added", number)
}

func (s *Server) pull(number int64) *Pull {
	for i := range s.pulls {
		if int64(s.pulls[i].Number) == number {
			return &s.pulls[i]
		}
	}
	return nil
}

func (s *Server) getPull(c call) answer {
	pull := s.pull(c.number("pull_number"))
	if pull == nil {
		return notFound()
	}
	return answer{status: http.StatusOK, body: s.showPull(*pull)}
}

// listPulls lists the newest first. A head without its owner is ignored.
func (s *Server) listPulls(c call) answer {
	state, head, base := c.ask("state", "open"), c.ask("head", ""), c.ask("base", "")
	if !strings.Contains(head, ":") {
		head = ""
	}
	var found []any
	for _, pull := range slices.Backward(s.pulls) {
		if (state == "all" || state == stateOf(pull)) &&
			(head == "" || head == pull.HeadOwner+":"+pull.HeadRef) && (base == "" || base == pull.BaseRef) {
			found = append(found, s.showPull(pull))
		}
	}
	return s.list(c, found)
}

// listPullsOfCommit knows nothing of commits in forks, as GitHub's does not.
func (s *Server) listPullsOfCommit(c call) answer {
	var found []any
	for _, pull := range slices.Backward(s.pulls) {
		if pull.HeadSHA == c.path["commit_sha"] && pull.HeadOwner == s.owner && pull.Open {
			found = append(found, s.showPull(pull))
		}
	}
	return s.list(c, found)
}

func stateOf(pull Pull) string {
	if pull.Open {
		return "open"
	}
	return "closed"
}

func (s *Server) showPull(pull Pull) object {
	side := func(owner, ref, sha string) object {
		return object{
			"label": owner + ":" + ref, "ref": ref, "sha": sha, "user": user(owner),
			"repo": object{"name": s.name, "full_name": owner + "/" + s.name, "owner": user(owner), "fork": owner != s.owner},
		}
	}
	return object{
		"id": pull.Number, "number": pull.Number, "state": stateOf(pull), "user": user(pull.Author),
		"head": side(pull.HeadOwner, pull.HeadRef, pull.HeadSHA),
		"base": side(s.owner, pull.BaseRef, pull.BaseSHA),
	}
}
