package githubtest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// CheckRun is a check run of a commit.
type CheckRun struct {
	ID                    int64
	SHA, Name, ExternalID string
	Status, Conclusion    string
	Title, Summary, Text  string
	URL                   string // where "details" leads
	Annotations           []Annotation
}

// Annotation is one of a check run's. Columns are 0 if not given.
type Annotation struct {
	Path                   string
	StartLine, EndLine     int
	StartColumn, EndColumn int
	Level, Title, Message  string
}

type checkRequest struct {
	Name       *string
	HeadSHA    string  `json:"head_sha"`
	DetailsURL *string `json:"details_url"`
	ExternalID *string `json:"external_id"`
	Status     *string
	Conclusion *string
	Output     *struct {
		Title, Summary, Text *string
		Annotations          []annotationRequest
	}
}

type annotationRequest struct {
	Path        string
	StartLine   int    `json:"start_line"`
	EndLine     int    `json:"end_line"`
	StartColumn int    `json:"start_column"`
	EndColumn   int    `json:"end_column"`
	Level       string `json:"annotation_level"`
	Title       string
	Message     string
	RawDetails  string `json:"raw_details"`
}

// CheckRuns returns the check runs of a commit, the oldest first.
func (s *Server) CheckRuns(sha string) []CheckRun {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []CheckRun
	for _, run := range s.checks {
		if run.SHA == sha {
			found = append(found, *run)
		}
	}
	return found
}

func (s *Server) createCheckRun(c call) answer {
	asked := read[checkRequest](c)
	if !fullSHA.MatchString(asked.HeadSHA) {
		return refuse(http.StatusUnprocessableEntity, "No commit found for SHA: "+asked.HeadSHA)
	}
	run := &CheckRun{SHA: asked.HeadSHA, Status: "queued"}
	if refusal := run.set(asked); refusal != nil {
		return *refusal
	}
	run.ID = s.id()
	s.checks = append(s.checks, run)
	return answer{status: http.StatusCreated, body: s.showCheckRun(run)}
}

// updateCheckRun adds the annotations to those that the check run has.
func (s *Server) updateCheckRun(c call) answer {
	asked := read[checkRequest](c)
	for _, run := range s.checks {
		if run.ID != c.number("check_run_id") {
			continue
		}
		if refusal := run.set(asked); refusal != nil {
			return *refusal
		}
		return answer{status: http.StatusOK, body: s.showCheckRun(run)}
	}
	return notFound()
}

// set takes over what was asked, or refuses what GitHub's prose forbids.
func (run *CheckRun) set(asked checkRequest) *answer {
	if asked.Status != nil && *asked.Status == "completed" && asked.Conclusion == nil {
		refusal := invalid("CheckRun", "conclusion", "missing_field", "a completed check run needs a conclusion")
		return &refusal
	}
	if asked.Output != nil {
		for i, annotation := range asked.Output.Annotations {
			if wrong := annotation.wrong(); wrong != "" {
				refusal := invalid("CheckRun", "annotations", "invalid", fmt.Sprintf("annotation %d: %s", i, wrong))
				return &refusal
			}
		}
	}
	take(&run.Name, asked.Name)
	take(&run.URL, asked.DetailsURL)
	take(&run.ExternalID, asked.ExternalID)
	take(&run.Status, asked.Status)
	if asked.Conclusion != nil {
		run.Conclusion, run.Status = *asked.Conclusion, "completed"
	}
	if asked.Output != nil {
		take(&run.Title, asked.Output.Title)
		take(&run.Summary, asked.Output.Summary)
		take(&run.Text, asked.Output.Text)
		for _, a := range asked.Output.Annotations {
			run.Annotations = append(run.Annotations, Annotation{
				Path: a.Path, StartLine: a.StartLine, EndLine: a.EndLine, StartColumn: a.StartColumn, EndColumn: a.EndColumn,
				Level: a.Level, Title: a.Title, Message: a.Message,
			})
		}
	}
	return nil
}

func take(to *string, given *string) {
	if given != nil {
		*to = *given
	}
}

// wrong says what GitHub's prose forbids in an annotation.
func (a annotationRequest) wrong() string {
	switch {
	case a.Path == "" || strings.HasPrefix(a.Path, "/"):
		return "path is not relative to the repository"
	case a.StartLine < 1 || a.EndLine < a.StartLine:
		return "lines out of order"
	case a.StartLine != a.EndLine && (a.StartColumn != 0 || a.EndColumn != 0):
		return "columns need start_line and end_line to be the same"
	case len(a.Message) > 64<<10:
		return "message is too long (maximum is 64 KB)"
	case len(a.RawDetails) > 64<<10:
		return "raw_details is too long (maximum is 64 KB)"
	case utf8.RuneCountInString(a.Title) > 255:
		return "title is too long (maximum is 255 characters)"
	}
	return ""
}

// listCheckRuns lists the newest first; of one name only the newest, unless filter is
// all.
func (s *Server) listCheckRuns(c call) answer {
	filter, name, state := c.ask("filter", "latest"), c.ask("check_name", ""), c.ask("status", "")
	seen := map[string]bool{}
	var found []any
	for _, run := range slices.Backward(s.checks) {
		if run.SHA != c.path["ref"] || name != "" && run.Name != name || state != "" && run.Status != state {
			continue
		}
		if filter == "all" || !seen[run.Name] {
			found = append(found, s.showCheckRun(run))
		}
		seen[run.Name] = true
	}
	reply := s.list(c, found)
	reply.body = object{"total_count": len(found), "check_runs": reply.body}
	return reply
}

func (s *Server) showCheckRun(run *CheckRun) object {
	shown := object{
		"id": run.ID, "name": run.Name, "head_sha": run.SHA, "external_id": run.ExternalID,
		"status": run.Status, "details_url": run.URL,
		"html_url": s.page("runs/" + strconv.FormatInt(run.ID, 10)), "started_at": at(run.ID),
		"output": object{
			"title": run.Title, "summary": run.Summary, "text": run.Text, "annotations_count": len(run.Annotations),
		},
	}
	if run.Conclusion != "" {
		shown["conclusion"], shown["completed_at"] = run.Conclusion, at(run.ID)
	}
	return shown
}
