package plan

import (
	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/store"
)

// lineage names what a model is made of, independent of the tool's version.
func (p *Plan) lineage(records []repo.File, c config.Config) string {
	serve := c.Serve
	serve.TemplateFile = p.Template
	return string(store.CanonicalDigest(map[string]any{
		"records": repo.Blobs(records), "base": p.baseIdentity(), "dataset": c.Dataset.Lineage(),
		"train": c.Train, "export": c.Export, "serve": serve, "seed": c.Seed,
	}))
}
