package plan

import (
	"context"
	"errors"
	"fmt"

	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/strictyaml"
)

// require refuses to go on without one of these files among the records: the run would
// learn nothing from it, without a word where nothing else changed.
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
			missing = append(missing, fmt.Errorf("%q is no file of %s (hint: is it there, and does git ignore it? `git add -f` adds such a file)", name, p.HeadRef))
		}
	}
	return errors.Join(missing...)
}

// unnamed says where the config would have to name a file.
func (p *Plan) unnamed(configPath, name string) error {
	document, err := strictyaml.Parse(configPath, p.configText)
	if err != nil {
		return err
	}
	return document.Errorf([]any{"dataset", "sources"}, "no source names %q, so nothing would be learnt from it (hint: add `- path: %q` to `dataset.sources` here and commit that to %s, whose config counts)", name, name, p.BaseRef)
}
