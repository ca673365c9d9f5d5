package publish

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/github"
	"github.com/tunegate/tunegate/internal/ledger"
	"github.com/tunegate/tunegate/internal/promote"
	"github.com/tunegate/tunegate/internal/runs"
)

// readPromotion reads the result of a promotion or a rollback: what is served now.
// It is nil if there was none.
func readPromotion(dir string) (*promote.Result, error) {
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer root.Close()
	var p promote.Result
	err = decode(root, promote.FileName, maxPromotion, &p)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if p.Action != ledger.Promote && p.Action != ledger.Rollback || !config.IsName(p.Name) || !promote.IsVersion(p.Stable) || !promote.IsVersion(p.Version) ||
		!digestForm.MatchString(p.ModelID) || !runs.IsID(p.Run) || !digestForm.MatchString(p.Lineage) {
		return nil, fmt.Errorf("%s: not the result of a promotion (hint: use the same version of tunegate in all jobs)", promote.FileName)
	}
	return &p, nil
}

// deploy records a promotion as a deployment. The model stays where it is.
func (o Options) deploy(ctx context.Context, moved *promote.Result, err error) (Result, error) {
	if err != nil {
		return Result{Exit: 1}, err
	}
	p := publication{Options: o, result: Result{ModelID: moved.ModelID, Headline: fmt.Sprintf("%s:stable is %s", moved.Name, moved.Stable)}}
	if moved.Version == moved.Stable { // else an older version was promoted again, which changes nothing
		if err := o.Client.Deploy(ctx, o.deployment(moved)); err != nil {
			p.failed = append(p.failed, err)
		}
	}
	p.summary(fmt.Appendf(nil, "### tunegate: `%s:stable` is `%s`\n\nVersion `%s` has the model_id `%s`, which run `%s` tested.\n",
		moved.Name, moved.Stable, moved.Version, moved.ModelID, moved.Run))
	return p.end()
}

func (o Options) deployment(m *promote.Result) github.Deployment {
	return github.Deployment{
		Ref: cmp.Or(o.Event.Tag, o.Event.SHA), Environment: "tunegate/" + m.Name, URL: o.Event.RunURL,
		Description: fmt.Sprintf("%s: %s:stable is %s", m.Action, m.Name, m.Stable),
		Payload:     map[string]any{"version": m.Version, "model_id": m.ModelID, "run": m.Run, "lineage": m.Lineage, "action": m.Action},
	}
}
