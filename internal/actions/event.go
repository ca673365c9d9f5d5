// Package actions implements the protocol of a GitHub Actions runner. It reads a step's
// environment and the payload of its event, and writes outputs, summaries and
// annotations, with untrusted text fenced.
package actions

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Event is what started a workflow. Names of branches, tags and forks in it are
// chosen by strangers.
type Event struct {
	Name          string // GITHUB_EVENT_NAME, such as pull_request
	Repository    string // owner/name
	DefaultBranch string // empty if the payload does not tell, as that of a schedule
	Ref           string // GITHUB_REF_NAME: the branch or tag the workflow runs for
	SHA           string // GITHUB_SHA
	RunID         int64
	Attempt       int    // from 1
	RunURL        string // the page of this attempt
	ServerURL     string
	APIURL        string
	Change        *Change // nil: the event is about no change
	Tag           string  // of a release; empty: the event is about none
}

// Change is the change that a pull_request, pull_request_target, workflow_run or
// merge_group event is about.
type Change struct {
	Number     int // of the pull request; 0: not told, as for a fork's workflow_run
	HeadSHA    string
	HeadOwner  string
	HeadBranch string
	BaseRef    string // the branch it would go into; empty: not told
	BaseSHA    string // empty: not told
	Fork       bool   // the head is in another repository
	Cancelled  bool   // the workflow run that a workflow_run is about was, or ran out of time
}

// HeadName is the branch as GitHub shows it: `improve`, of a fork `owner:improve`.
func (c Change) HeadName() string {
	if c.Fork {
		return c.HeadOwner + ":" + c.HeadBranch
	}
	return c.HeadBranch
}

// Own reports whether the event is about its own commit, SHA, which somebody who can
// write to the repository put there. That of any other event without a change may
// hold a stranger's files, such as the merge commit of a pull request's review.
func (e Event) Own() bool {
	return slices.Contains([]string{"push", "release", "schedule", "workflow_dispatch"}, e.Name)
}

// ErrNoWorkflow is the error if the process is not a step of a workflow.
var ErrNoWorkflow = errors.New("this is not a step of a GitHub workflow: GITHUB_EVENT_NAME is not set")

// maxPayload bounds the event's file, in bytes: GitHub sends no larger ones.
const maxPayload = 25 << 20

// Load reads the event of the workflow whose environment getenv gives. It is
// ErrNoWorkflow outside of one.
func Load(getenv func(string) string) (Event, error) {
	e := Event{
		Name: getenv("GITHUB_EVENT_NAME"), Repository: getenv("GITHUB_REPOSITORY"), Ref: getenv("GITHUB_REF_NAME"), SHA: getenv("GITHUB_SHA"),
		ServerURL: strings.TrimSuffix(getenv("GITHUB_SERVER_URL"), "/"), APIURL: strings.TrimSuffix(getenv("GITHUB_API_URL"), "/"),
	}
	if e.Name == "" {
		return Event{}, ErrNoWorkflow
	}
	if !repository.MatchString(e.Repository) {
		return Event{}, fmt.Errorf("GITHUB_REPOSITORY is %.200q (hint: the runner sets it to owner/name)", e.Repository)
	}
	var err error
	if e.RunID, err = strconv.ParseInt(getenv("GITHUB_RUN_ID"), 10, 64); err != nil {
		return Event{}, fmt.Errorf("GITHUB_RUN_ID: %w (hint: the runner sets it to a number)", err)
	}
	if e.Attempt, err = strconv.Atoi(cmp.Or(getenv("GITHUB_RUN_ATTEMPT"), "1")); err != nil {
		return Event{}, fmt.Errorf("GITHUB_RUN_ATTEMPT: %w (hint: the runner sets it to a number)", err)
	}
	e.RunURL = fmt.Sprintf("%s/%s/actions/runs/%d/attempts/%d", e.ServerURL, e.Repository, e.RunID, e.Attempt)
	path := getenv("GITHUB_EVENT_PATH")
	data, err := readPayload(path)
	if err != nil {
		return Event{}, fmt.Errorf("the event's payload, GITHUB_EVENT_PATH: %w (hint: the runner names its file there)", err)
	}
	var p payload
	if err := json.Unmarshal(data, &p); err != nil {
		return Event{}, fmt.Errorf("%s: the event's payload: %w", path, err)
	}
	if err := e.fill(p); err != nil {
		return Event{}, fmt.Errorf("%s: the payload of a %.40s event: %w", path, e.Name, err)
	}
	return e, nil
}

func readPayload(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxPayload+1))
	if err == nil && len(data) > maxPayload {
		err = fmt.Errorf("%s is larger than %d MiB", path, maxPayload>>20)
	}
	return data, err
}

var (
	repository = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9._-]+$`)
	commit     = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)
)

// fill copies the payload's fields, and rejects one without the commit that
// everything else depends on.
func (e *Event) fill(p payload) error {
	e.DefaultBranch = p.Repository.DefaultBranch
	switch e.Name {
	case "pull_request", "pull_request_target":
		e.Change = p.PullRequest.change(e.Repository)
	case "workflow_run":
		e.Change = p.WorkflowRun.change(e.Repository, p.Repository.ID)
	case "merge_group":
		e.Change = p.MergeGroup.change(e.Repository)
	case "release":
		if e.Tag = p.Release.TagName; e.Tag == "" {
			return errors.New("it names no tag")
		}
	}
	if e.Change == nil {
		return nil
	}
	if !commit.MatchString(e.Change.HeadSHA) || e.Change.BaseSHA != "" && !commit.MatchString(e.Change.BaseSHA) {
		return fmt.Errorf("%.80q and %.80q are not the commit IDs of a head and its base", e.Change.HeadSHA, e.Change.BaseSHA)
	}
	return nil
}
