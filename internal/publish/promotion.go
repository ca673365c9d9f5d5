package publish

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"

	"github.com/tunegate/tunegate/internal/github"
)

// promotion is what is read of promotion.json, which a promotion or a rollback
// leaves: what is served now.
type promotion struct {
	Action   string   `json:"action"`
	Name     string   `json:"name"`
	Version  string   `json:"version"`
	Tag      string   `json:"tag"`
	ModelID  string   `json:"model_id"`
	Run      string   `json:"run"`
	Lineage  string   `json:"lineage"`
	Stable   string   `json:"stable"`
	Previous string   `json:"previous"`
	Servers  []string `json:"servers"`
	Changed  bool     `json:"changed"`
	Notes    []string `json:"notes"`
}

var (
	nameForm    = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)
	versionForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$`)
)

// readPromotion is nil where there was none.
func readPromotion(dir string) (*promotion, error) {
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer root.Close()
	var p promotion
	err = decode(root, promotionFile, maxPromotion, &p)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if p.Action != "promote" && p.Action != "rollback" || !nameForm.MatchString(p.Name) || !versionForm.MatchString(p.Stable) || !versionForm.MatchString(p.Version) ||
		!digestForm.MatchString(p.ModelID) || !runForm.MatchString(p.Run) || !digestForm.MatchString(p.Lineage) {
		return nil, fmt.Errorf("%s: not what a promotion leaves (hint: is it of another version of tunegate?)", promotionFile)
	}
	return &p, nil
}

// deploy records a promotion as a deployment. The model stays where it is.
func (o Options) deploy(ctx context.Context, moved *promotion, err error) (Result, error) {
	if err != nil {
		return Result{Exit: 1}, err
	}
	p := publication{Options: o, result: Result{ModelID: moved.ModelID, Headline: fmt.Sprintf("%s:stable is %s", moved.Name, moved.Stable)}}
	if moved.Version == moved.Stable { // else an earlier version was promoted again, which changes nothing
		if err := o.Client.Deploy(ctx, moved.deployment(o)); err != nil {
			p.failed = append(p.failed, err)
		}
	}
	p.summary(fmt.Appendf(nil, "### tunegate: `%s:stable` is `%s`\n\nVersion `%s` has the model_id `%s`, which run `%s` tested.\n",
		moved.Name, moved.Stable, moved.Version, moved.ModelID, moved.Run))
	return p.end()
}

func (m *promotion) deployment(o Options) github.Deployment {
	return github.Deployment{
		Ref: cmp.Or(o.Event.Tag, o.Event.SHA), Environment: "tunegate/" + m.Name, URL: o.Event.RunURL,
		Description: fmt.Sprintf("%s: %s:stable is %s", m.Action, m.Name, m.Stable),
		Payload:     map[string]any{"version": m.Version, "model_id": m.ModelID, "run": m.Run, "lineage": m.Lineage, "action": m.Action},
	}
}
