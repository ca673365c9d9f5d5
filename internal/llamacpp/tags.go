package llamacpp

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/google/renameio/v2"

	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/store"
)

// tags is the folder with a file for each tag, blobs the one with their weights.
func (e *Engine) tags() string  { return filepath.Join(e.options.Home, "tags") }
func (e *Engine) blobs() string { return filepath.Join(e.options.Home, "blobs") }

const (
	tagSuffix  = ".json"
	blobSuffix = ".gguf"
)

func (e *Engine) tagPath(tag string) string {
	return filepath.Join(e.tags(), url.PathEscape(tag)+tagSuffix)
}

func (e *Engine) blobPath(digest string) string { return filepath.Join(e.blobs(), digest+blobSuffix) }

// failed explains a failed file operation.
func failed(doing string, err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("llamacpp: %s: %w: %w (hint: free disk space, then try again)", doing, engine.ErrDiskFull, err)
	}
	return fmt.Errorf("llamacpp: %s: %w", doing, err)
}

// read reads a tag's definition.
func (e *Engine) read(doing, tag string) (engine.Definition, error) {
	data, err := os.ReadFile(e.tagPath(tag))
	if errors.Is(err, fs.ErrNotExist) {
		return engine.Definition{}, fmt.Errorf("llamacpp: %s %s: %w", doing, tag, engine.ErrNotFound)
	}
	if err != nil {
		return engine.Definition{}, failed(doing+" "+tag, err)
	}
	var d engine.Definition
	err = json.Unmarshal(data, &d)
	if err == nil {
		_, err = os.Stat(e.blobPath(d.GGUF))
	}
	if err != nil {
		return engine.Definition{}, fmt.Errorf("llamacpp: %s %s: %w: %w (hint: create it again)", doing, tag, engine.ErrBroken, err)
	}
	return d, nil
}

// Show reads a tag.
func (e *Engine) Show(_ context.Context, tag string) (engine.Model, error) {
	d, err := e.read("show", tag)
	if err != nil {
		return engine.Model{}, err
	}
	return d.Model(), nil
}

// Digest returns the digest of what Show returns.
func (e *Engine) Digest(ctx context.Context, tag string) (string, error) {
	shown, err := e.Show(ctx, tag)
	return string(store.Digest(shown)), err
}

// Add copies the GGUF and creates or replaces the tag. An unsupported template or
// parameter is an error.
func (e *Engine) Add(ctx context.Context, path string, d engine.Definition) error {
	doing := "add " + d.Tag
	if _, err := parse(d.Template); err != nil {
		return fmt.Errorf("llamacpp: %s: %w", doing, err)
	}
	if _, err := merge(d.Parameters, nil); err != nil {
		return fmt.Errorf("llamacpp: %s: %w", doing, err)
	}
	give, err := e.take(ctx)
	if err != nil {
		return err
	}
	defer give()
	if err := e.bring(path, d.GGUF); err != nil {
		return failed(doing, err)
	}
	return e.write(doing, d)
}

// bring copies a file whose sha256 is digest, unless it exists.
func (e *Engine) bring(path, digest string) error {
	if _, err := os.Stat(e.blobPath(digest)); err == nil {
		return nil
	}
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := renameio.NewPendingFile(e.blobPath(digest), renameio.WithTempDir(e.blobs()))
	if err != nil {
		return err
	}
	defer to.Cleanup()
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(to, sum), from); err != nil {
		return err
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != digest {
		return fmt.Errorf("%s changed after it was hashed: sha256 %s instead of %.64q (hint: export it again with `tunegate run --force export`)", path, got, digest)
	}
	return to.CloseAtomicallyReplace()
}

// write creates or replaces a tag, and removes files that only its old version used.
func (e *Engine) write(doing string, d engine.Definition) error {
	if err := store.WriteJSON(e.tagPath(d.Tag), d); err != nil {
		return failed(doing, err)
	}
	return e.prune()
}

// Copy points the tag `to` at the model of the tag `from`.
func (e *Engine) Copy(ctx context.Context, from, to string) error {
	give, err := e.take(ctx)
	if err != nil {
		return err
	}
	defer give()
	d, err := e.read("copy", from)
	if err != nil {
		return err
	}
	d.Tag = to
	return e.write("copy "+from+" to "+to, d)
}

// Delete removes a tag, damaged or not.
func (e *Engine) Delete(ctx context.Context, tag string) error {
	give, err := e.take(ctx)
	if err != nil {
		return err
	}
	defer give()
	if err := os.Remove(e.tagPath(tag)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return failed("delete "+tag, err)
	}
	return e.prune()
}

// prune removes unused weights and stops their servers. It removes nothing if a tag is
// damaged, because then it cannot tell what is needed.
func (e *Engine) prune() error {
	tags, err := os.ReadDir(e.tags())
	if err != nil {
		return failed("list the tags", err)
	}
	named := map[string]bool{}
	for _, tag := range tags {
		if !strings.HasSuffix(tag.Name(), tagSuffix) {
			continue // left by a killed process
		}
		name, _ := url.PathUnescape(strings.TrimSuffix(tag.Name(), tagSuffix))
		d, err := e.read("list", name)
		if err != nil {
			return nil
		}
		named[d.GGUF+blobSuffix] = true
	}
	blobs, err := os.ReadDir(e.blobs())
	if err != nil {
		return failed("list the weights", err)
	}
	for _, blob := range blobs {
		if named[blob.Name()] {
			continue
		}
		err := errors.Join(e.end(strings.TrimSuffix(blob.Name(), blobSuffix)), os.Remove(filepath.Join(e.blobs(), blob.Name())))
		if err != nil {
			return failed("remove weights", err)
		}
	}
	return nil
}
