package plan

import (
	"context"
	"errors"
	"fmt"

	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/strictyaml"
)

// require is an error if one of these files is not among the records: the run would
// silently not train on it.
func (p *Plan) require(ctx context.Context, head *repo.Tree, configPath string, files []string) error {
	var missing []error
	for _, name := range files {
		_, there, err := head.Lookup(ctx, name)
		if err != nil {
			return err
		}
		_, named := p.Config.Dataset.SourceFor(name)
		switch {
		case there && !named:
			missing = append(missing, p.unnamed(configPath, name))
		case !there:
			missing = append(missing, fmt.Errorf("%q is not a file of %s (hint: check the path; if git ignores the file, add it with `git add -f`)", name, p.HeadRef))
		}
	}
	return errors.Join(missing...)
}

// unnamed tells where the config would have to name a file.
func (p *Plan) unnamed(configPath, name string) error {
	document, err := strictyaml.Parse(configPath, p.configText)
	if err != nil {
		return err
	}
	return document.Errorf([]any{"dataset", "sources"}, "no source names %q, so the run would not train on it (hint: add `- path: %q` to `dataset.sources` here and commit that to %s, whose config applies)", name, name, p.BaseRef)
}
