package actions

import "strings"

// payload has the fields that are read of the events' payloads, see
// https://docs.github.com/en/webhooks/webhook-events-and-payloads.
type payload struct {
	Repository struct {
		ID            int64  `json:"id"`
		DefaultBranch string `json:"default_branch"`
	} `json:"repository"`
	PullRequest pullRequest `json:"pull_request"`
	WorkflowRun workflowRun `json:"workflow_run"`
	MergeGroup  mergeGroup  `json:"merge_group"`
	Release     struct {
		TagName string `json:"tag_name"`
	} `json:"release"`
}

type account struct {
	Login string `json:"login"`
}

// home is the repository that a head is in; it is null when that was deleted.
type home struct {
	FullName string  `json:"full_name"`
	Owner    account `json:"owner"`
}

type pullRequest struct {
	Number int `json:"number"`
	Head   struct {
		Ref  string  `json:"ref"`
		SHA  string  `json:"sha"`
		User account `json:"user"`
		Repo *home   `json:"repo"`
	} `json:"head"`
	Base struct {
		Ref string `json:"ref"`
		SHA string `json:"sha"`
	} `json:"base"`
}

func (p pullRequest) change(repository string) *Change {
	return &Change{
		Number: p.Number, HeadSHA: p.Head.SHA, HeadBranch: p.Head.Ref, HeadOwner: p.Head.User.Login,
		BaseRef: p.Base.Ref, BaseSHA: p.Base.SHA, Fork: p.Head.Repo == nil || p.Head.Repo.FullName != repository,
	}
}

type workflowRun struct {
	HeadSHA        string `json:"head_sha"`
	HeadBranch     string `json:"head_branch"`
	HeadRepository *home  `json:"head_repository"`
	Conclusion     string `json:"conclusion"`
	PullRequests   []struct {
		Number int `json:"number"`
		Base   struct {
			Ref  string `json:"ref"`
			SHA  string `json:"sha"`
			Repo struct {
				ID int64 `json:"id"`
			} `json:"repo"`
		} `json:"base"`
	} `json:"pull_requests"`
}

// change takes the pull request over if it is the only one of its head: which
// of several the other workflow ran for is unknown, and one of them may be a
// fork's own, with a number of that one.
func (w workflowRun) change(repository string, id int64) *Change {
	c := &Change{HeadSHA: w.HeadSHA, HeadBranch: w.HeadBranch, Fork: true, Cancelled: w.Conclusion == "cancelled"}
	if w.HeadRepository != nil {
		c.HeadOwner, c.Fork = w.HeadRepository.Owner.Login, w.HeadRepository.FullName != repository
	}
	if len(w.PullRequests) == 1 && w.PullRequests[0].Base.Repo.ID == id && !c.Fork {
		c.Number, c.BaseRef, c.BaseSHA = w.PullRequests[0].Number, w.PullRequests[0].Base.Ref, w.PullRequests[0].Base.SHA
	}
	return c
}

type mergeGroup struct {
	HeadSHA string `json:"head_sha"`
	HeadRef string `json:"head_ref"`
	BaseSHA string `json:"base_sha"`
	BaseRef string `json:"base_ref"`
}

func (m mergeGroup) change(repository string) *Change {
	owner, _, _ := strings.Cut(repository, "/")
	branch := func(ref string) string { return strings.TrimPrefix(ref, "refs/heads/") }
	return &Change{HeadSHA: m.HeadSHA, HeadBranch: branch(m.HeadRef), HeadOwner: owner, BaseRef: branch(m.BaseRef), BaseSHA: m.BaseSHA}
}
