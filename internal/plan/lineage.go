package plan

import (
	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/store"
)

// lineage names what a model is made of, independent of the tool's version.
func (p *Plan) lineage(records []repo.File, c config.Config) string {
	blobs := map[string]string{}
	for _, file := range records {
		blobs[file.Path] = file.Blob
	}
	serve := c.Serve
	serve.TemplateFile = p.Template
	return string(store.CanonicalDigest(map[string]any{
		"records": blobs, "base": p.baseIdentity(), "dataset": c.Dataset.Lineage(),
		"train": c.Train, "export": c.Export, "serve": serve, "seed": c.Seed,
	}))
}
