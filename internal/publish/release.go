package publish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tunegate/tunegate/internal/github"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/report/card"
	"github.com/tunegate/tunegate/internal/report/comment"
	"github.com/tunegate/tunegate/internal/report/provenance"
)

// drafts reports whether a workflow that judged its own commit, as a retraining
// does, should lead to a release. A promotion that evaluates again should not.
func (p *publication) drafts() bool {
	asked := p.Event.Name == "schedule" || p.Event.Name == "workflow_dispatch"
	return p.Event.Change == nil && asked && p.found.record.Event == p.Event.Name && p.result.Promotable
}

// draft makes a draft release of a model that can be promoted. Publishing that is
// what promotes it; no weights are attached.
func (p *publication) draft(ctx context.Context) {
	if !p.drafts() {
		return
	}
	r, record := p.found.report, p.found.record
	dir, err := os.MkdirTemp(p.TempDir, "tunegate-release-")
	if err != nil {
		p.failed = append(p.failed, err)
		return
	}
	defer os.RemoveAll(dir)
	assets, err := writeAssets(r, dir)
	if err != nil {
		p.failed = append(p.failed, err)
		return
	}
	release := github.Release{
		Tag: fmt.Sprintf("model-%s-%s", day(record.Started), record.Lineage[:8]), Ending: "-" + record.Lineage[:8], Target: p.sha,
		Title: fmt.Sprintf("%s, trained %s", r.Name, record.Started.UTC().Format("2006-01-02")),
		Body:  string(comment.Render(r)), Assets: assets,
	}
	url, err := p.Client.Draft(ctx, release)
	if err != nil {
		p.failed = append(p.failed, err)
		return
	}
	p.result.URL = url
	p.result.Notes = append(p.result.Notes, fmt.Sprintf("draft release created: %s (publishing it promotes this model)", url))
}

// writeAssets writes the assets of a release. Their verdict was recomputed;
// how the model was made is the run's claim, of which form and lineage were
// checked.
func writeAssets(r report.Report, dir string) (assets map[string]string, err error) {
	card, cardErr := card.Render(r)
	provenance, provenanceErr := provenance.Render(r)
	verdict, verdictErr := json.MarshalIndent(r.Verdict, "", "  ")
	if err := errors.Join(cardErr, provenanceErr, verdictErr); err != nil {
		return nil, err
	}
	assets = map[string]string{}
	for name, content := range map[string][]byte{"model-card.md": card, "provenance.json": provenance, "verdict.json": verdict} {
		if content == nil {
			continue
		}
		assets[name] = filepath.Join(dir, name)
		if err := os.WriteFile(assets[name], content, 0o600); err != nil {
			return nil, err
		}
	}
	return assets, nil
}
