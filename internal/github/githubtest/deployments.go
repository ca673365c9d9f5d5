package githubtest

import (
	"encoding/json"
	"net/http"
	"slices"
	"unicode/utf8"
)

// Deployment is a deployment with its statuses, the oldest first.
type Deployment struct {
	ID                                  int64
	Ref, Task, Environment, Description string
	Production                          bool
	Payload                             any // as JSON decodes it
	Statuses                            []DeploymentStatus
}

// DeploymentStatus is a status of a deployment.
type DeploymentStatus struct {
	ID                      int64
	State, Description, URL string // URL is where the log is
}

// Deployments returns all deployments, the oldest first.
func (s *Server) Deployments() []Deployment {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []Deployment
	for _, deployment := range s.deployments {
		copied := *deployment
		copied.Statuses = slices.Clone(deployment.Statuses)
		found = append(found, copied)
	}
	return found
}

// createDeployment merges or refuses, as GitHub does, unless told not to merge and
// to wait for nothing.
func (s *Server) createDeployment(c call) answer {
	asked := read[struct {
		Ref, Task, Environment, Description string
		AutoMerge                           *bool     `json:"auto_merge"`
		RequiredContexts                    *[]string `json:"required_contexts"`
		Production                          *bool     `json:"production_environment"`
		Payload                             json.RawMessage
	}](c)
	switch {
	case asked.AutoMerge == nil || *asked.AutoMerge:
		return answer{status: http.StatusAccepted, body: object{"message": "Auto-merged main into " + asked.Ref + " on deployment."}}
	case asked.RequiredContexts == nil || len(*asked.RequiredContexts) > 0:
		return refuse(http.StatusConflict, "Conflict: Commit status checks failed for "+asked.Ref+".")
	}
	made := &Deployment{ID: s.id(), Ref: asked.Ref, Task: asked.Task, Environment: asked.Environment, Description: asked.Description}
	if made.Task == "" {
		made.Task = "deploy"
	}
	if made.Environment == "" {
		made.Environment = "production"
	}
	made.Production = made.Environment == "production"
	if asked.Production != nil {
		made.Production = *asked.Production
	}
	made.Payload = any("")
	if asked.Payload != nil {
		made.Payload = read[any](call{body: asked.Payload})
	}
	s.deployments = append(s.deployments, made)
	return answer{status: http.StatusCreated, body: s.showDeployment(made)}
}

// listDeployments lists the newest first.
func (s *Server) listDeployments(c call) answer {
	ref, task, environment := c.ask("ref", ""), c.ask("task", ""), c.ask("environment", "")
	var found []any
	for _, made := range slices.Backward(s.deployments) {
		if (ref == "" || ref == made.Ref) && (task == "" || task == made.Task) && (environment == "" || environment == made.Environment) {
			found = append(found, s.showDeployment(made))
		}
	}
	return s.list(c, found)
}

// createDeploymentStatus ends the earlier successes of the environment, as GitHub
// does, unless told not to or it is for production.
func (s *Server) createDeploymentStatus(c call) answer {
	asked := read[struct {
		State, Description string
		LogURL             string `json:"log_url"`
		TargetURL          string `json:"target_url"`
		AutoInactive       *bool  `json:"auto_inactive"`
	}](c)
	made := s.deployment(c)
	switch {
	case made == nil:
		return notFound()
	case utf8.RuneCountInString(asked.Description) > 140:
		return invalid("DeploymentStatus", "description", "custom", "description is too long (maximum is 140 characters)")
	}
	if asked.LogURL == "" {
		asked.LogURL = asked.TargetURL
	}
	if asked.State == "success" && (asked.AutoInactive == nil || *asked.AutoInactive) {
		for _, other := range s.deployments {
			if other.ID < made.ID && other.Environment == made.Environment && !other.Production && other.state() == "success" {
				other.Statuses = append(other.Statuses, DeploymentStatus{ID: s.id(), State: "inactive"})
			}
		}
	}
	set := DeploymentStatus{ID: s.id(), State: asked.State, Description: asked.Description, URL: asked.LogURL}
	made.Statuses = append(made.Statuses, set)
	return answer{status: http.StatusCreated, body: s.showDeploymentStatus(made, set)}
}

// listDeploymentStatuses lists the newest first.
func (s *Server) listDeploymentStatuses(c call) answer {
	made := s.deployment(c)
	if made == nil {
		return notFound()
	}
	var found []any
	for _, set := range slices.Backward(made.Statuses) {
		found = append(found, s.showDeploymentStatus(made, set))
	}
	return s.list(c, found)
}

// deployment is the one that the path names, or nil.
func (s *Server) deployment(c call) *Deployment {
	for _, made := range s.deployments {
		if made.ID == c.number("deployment_id") {
			return made
		}
	}
	return nil
}

// state is the latest state, empty if there is none.
func (d *Deployment) state() string {
	if len(d.Statuses) == 0 {
		return ""
	}
	return d.Statuses[len(d.Statuses)-1].State
}

func (s *Server) showDeployment(made *Deployment) object {
	return object{
		"id": made.ID, "ref": made.Ref, "sha": made.Ref, "task": made.Task, "payload": made.Payload,
		"environment": made.Environment, "production_environment": made.Production,
		"description": made.Description, "creator": user(Bot), "created_at": at(made.ID), "updated_at": at(made.ID),
	}
}

func (s *Server) showDeploymentStatus(made *Deployment, set DeploymentStatus) object {
	return object{
		"id": set.ID, "state": set.State, "description": set.Description, "environment": made.Environment,
		"log_url": set.URL, "target_url": set.URL, "creator": user(Bot), "created_at": at(set.ID), "updated_at": at(set.ID),
	}
}
