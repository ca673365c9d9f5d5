package github

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	gh "github.com/google/go-github/v62/github"
)

// Deployment records what an environment now serves.
type Deployment struct {
	Ref         string // commit, branch or tag
	Environment string
	Description string // the first 140 characters count
	Payload     map[string]any
	URL         string // where it was done
}

// Deploy records a deployment that succeeded; GitHub sets the earlier ones of its
// environment inactive. It waits for no other status and merges nothing.
func (c *Client) Deploy(ctx context.Context, d Deployment) error {
	return explain("record the deployment to "+d.Environment, "deployments: write", c.deploy(ctx, d))
}

func (c *Client) deploy(ctx context.Context, d Deployment) error {
	earlier, err := c.deployments(ctx, d.Environment)
	if err != nil {
		return err
	}
	d.Description = clip(d.Description, 140)
	var made *gh.Deployment
	err = c.settle(ctx, func() (err error) {
		made, _, err = c.once.Repositories.CreateDeployment(ctx, c.owner, c.name, &gh.DeploymentRequest{
			Ref: &d.Ref, Environment: &d.Environment, Description: &d.Description, Payload: d.Payload,
			AutoMerge: gh.Bool(false), RequiredContexts: &[]string{},
			ProductionEnvironment: gh.Bool(false), // those of production stay active until told otherwise
		})
		return err
	}, func() (bool, error) {
		now, err := c.deployments(ctx, d.Environment)
		at := slices.IndexFunc(now, func(n *gh.Deployment) bool {
			known := slices.ContainsFunc(earlier, func(e *gh.Deployment) bool { return e.GetID() == n.GetID() })
			return !known && n.GetRef() == d.Ref && equal(n.Payload, d.Payload)
		})
		if at >= 0 {
			made = now[at]
		}
		return at >= 0, err
	})
	if err != nil {
		return err
	}
	return c.settle(ctx, func() error {
		_, _, err := c.once.Repositories.CreateDeploymentStatus(ctx, c.owner, c.name, made.GetID(), &gh.DeploymentStatusRequest{
			State: gh.String("success"), Description: &d.Description, LogURL: given(d.URL), AutoInactive: gh.Bool(true),
		})
		return err
	}, func() (bool, error) {
		statuses, _, err := c.again.Repositories.ListDeploymentStatuses(ctx, c.owner, c.name, made.GetID(), &gh.ListOptions{PerPage: 100})
		return len(statuses) > 0, err
	})
}

func (c *Client) deployments(ctx context.Context, environment string) ([]*gh.Deployment, error) {
	return pages(func(page gh.ListOptions) ([]*gh.Deployment, *gh.Response, error) {
		return c.again.Repositories.ListDeployments(ctx, c.owner, c.name, &gh.DeploymentsListOptions{Environment: environment, ListOptions: page})
	})
}

// equal compares a payload with its JSON, whose names may come in another order.
func equal(there json.RawMessage, payload map[string]any) bool {
	var decoded map[string]any
	if json.Unmarshal(there, &decoded) != nil {
		return false
	}
	a, errA := json.Marshal(decoded)
	b, errB := json.Marshal(payload)
	return errA == nil && errB == nil && bytes.Equal(a, b)
}
