package plan

import (
	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/store"
)

// lineage identifies a model's inputs, independent of the tool's version.
func (p *Plan) lineage(records []repo.File, c config.Config) string {
	c.Serve.TemplateFile = p.Template
	recipe := c.Recipe()
	recipe["records"], recipe["base"] = repo.Blobs(records), p.baseIdentity()
	return string(store.CanonicalDigest(recipe))
}
