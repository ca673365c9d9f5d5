package githubtest

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Status is a commit status.
type Status struct{ State, Context, Description, URL string }

type status struct {
	Status
	id  int64
	sha string
}

// most is the number of statuses that a commit can have of one context.
const most = 1000

var fullSHA = regexp.MustCompile(`^[0-9a-f]{40}$`)

// Statuses returns all statuses that a commit got, the oldest first.
func (s *Server) Statuses(sha string) []Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []Status
	for _, status := range s.statuses {
		if status.sha == sha {
			found = append(found, status.Status)
		}
	}
	return found
}

func (s *Server) createStatus(c call) answer {
	asked := read[struct {
		State, Context, Description string
		TargetURL                   string `json:"target_url"`
	}](c)
	sha := c.path["sha"]
	if asked.Context == "" {
		asked.Context = "default"
	}
	same := 0
	for _, status := range s.statuses {
		if status.sha == sha && status.Context == asked.Context {
			same++
		}
	}
	switch {
	case !fullSHA.MatchString(sha):
		return refuse(http.StatusUnprocessableEntity, "No commit found for SHA: "+sha)
	case asked.TargetURL != "" && !strings.HasPrefix(asked.TargetURL, "http"):
		return invalid("Status", "target_url", "custom", "target_url must use http(s) scheme")
	case utf8.RuneCountInString(asked.Description) > 140:
		return invalid("Status", "description", "custom", "description is too long (maximum is 140 characters)")
	case same >= most:
		return invalid("Status", "base", "custom", "This SHA and context has reached the maximum number of statuses.")
	}
	set := status{Status{asked.State, asked.Context, asked.Description, asked.TargetURL}, s.id(), sha}
	s.statuses = append(s.statuses, set)
	return answer{status: http.StatusCreated, body: set.show()}
}

// listStatuses lists the newest first.
func (s *Server) listStatuses(c call) answer {
	var found []any
	for _, status := range slices.Backward(s.statuses) {
		if status.sha == c.path["ref"] {
			found = append(found, status.show())
		}
	}
	return s.list(c, found)
}

// combineStatuses answers with the newest status of each context and what they come
// to together.
func (s *Server) combineStatuses(c call) answer {
	latest := map[string]bool{}
	together := "success"
	var found []any
	for _, status := range slices.Backward(s.statuses) {
		if status.sha != c.path["ref"] || latest[status.Context] {
			continue
		}
		latest[status.Context] = true
		found = append(found, status.show())
		switch {
		case status.State == "failure" || status.State == "error":
			together = "failure"
		case status.State == "pending" && together != "failure":
			together = "pending"
		}
	}
	if found == nil {
		together = "pending"
	}
	reply := s.list(c, found)
	reply.body = object{"state": together, "sha": c.path["ref"], "total_count": len(found), "statuses": reply.body}
	return reply
}

func (set status) show() object {
	return object{
		"id": set.id, "state": set.State, "context": set.Context, "description": set.Description,
		"target_url": set.URL, "creator": user(Bot), "created_at": at(set.id), "updated_at": at(set.id),
	}
}
