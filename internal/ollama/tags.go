package ollama

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/ollama/ollama/api"
	"github.com/ollama/ollama/types/model"

	"github.com/tunegate/tunegate/internal/engine"
)

// Tag is a tag as listed by a server.
type Tag struct {
	Name   string // in its shortest form, with ":latest" if it has no other
	Digest string // of its manifest: differs between servers for the same model
}

// Tags lists the server's tags, newest first, without those whose manifest is damaged.
func (c *Client) Tags(ctx context.Context) ([]Tag, error) {
	list, err := c.retrying.List(ctx)
	if err != nil {
		return nil, c.explain("list the tags", err)
	}
	tags := make([]Tag, len(list.Models))
	for i, m := range list.Models {
		tags[i] = Tag{Name: m.Name, Digest: m.Digest}
	}
	return tags, nil
}

// Digest returns the digest of a tag's manifest, which covers its weights and settings.
// It costs the server less than Show.
func (c *Client) Digest(ctx context.Context, tag string) (string, error) {
	tags, err := c.Tags(ctx)
	if err != nil {
		return "", err
	}
	name := model.ParseName(tag).DisplayShortest()
	for _, found := range tags {
		if strings.EqualFold(found.Name, name) {
			return found.Digest, nil
		}
	}
	return "", fmt.Errorf("ollama: look up %s: %w at %s (hint: list its tags with `ollama list`)", tag, engine.ErrNotFound, c.base)
}

// Copy points the tag `to` at the model of the tag `from`, at once and without more
// disk space, replacing its previous one. It is safe to repeat, and repairs a damaged
// `to`. engine.ErrNotFound: no tag `from`. A full disk may leave `to` damaged: show it
// before trusting it.
func (c *Client) Copy(ctx context.Context, from, to string) error {
	err := c.retrying.Copy(ctx, &api.CopyRequest{Source: from, Destination: to})
	return c.explain(fmt.Sprintf("copy %s to %s", from, to), err)
}

// Delete removes a tag and the files that no other tag uses. A missing tag is not an
// error. A damaged one, which the server cannot delete, is first overwritten with a copy
// of another tag.
func (c *Client) Delete(ctx context.Context, tag string) error {
	err := c.delete(ctx, tag)
	if !errors.Is(err, engine.ErrBroken) {
		return err
	}
	tags, listErr := c.Tags(ctx)
	if listErr != nil || len(tags) == 0 {
		return errors.Join(err, listErr)
	}
	if copyErr := c.Copy(ctx, tags[0].Name, tag); copyErr != nil {
		return errors.Join(err, copyErr)
	}
	return c.delete(ctx, tag)
}

func (c *Client) delete(ctx context.Context, tag string) error {
	err := c.explain("delete "+tag, c.retrying.Delete(ctx, &api.DeleteRequest{Model: tag}))
	if errors.Is(err, engine.ErrNotFound) {
		return nil
	}
	return err
}

// Loaded reports whether the server has a model of the GGUF with this sha256 (hex) in
// memory, under any tag: tags with one GGUF share it. It is also true if the server
// cannot identify a loaded model, as after its tag was deleted or replaced.
func (c *Client) Loaded(ctx context.Context, gguf string) (bool, error) {
	running, err := c.retrying.ListRunning(ctx)
	if err != nil {
		return false, c.explain("ask what is loaded", err)
	}
	if len(running.Models) == 0 {
		return false, nil
	}
	tags, err := c.Tags(ctx)
	if err != nil {
		return false, err
	}
	current := map[string]string{} // digest of each tag
	for _, tag := range tags {
		current[tag.Name] = tag.Digest
	}
	for _, loaded := range running.Models {
		if current[loaded.Name] != loaded.Digest {
			return true, nil
		}
		shown, err := c.retrying.Show(ctx, &api.ShowRequest{Model: loaded.Name})
		err = c.explain("show "+loaded.Name, err)
		if err != nil && !errors.Is(err, engine.ErrNotFound) {
			return false, err
		}
		if err != nil || strings.Contains(shown.Modelfile, "sha256-"+gguf) {
			return true, nil
		}
	}
	return false, nil
}
