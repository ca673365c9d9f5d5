package runs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
)

// Candidate reports whether a tag was made by a run, NAME:run-ID or NAME:pr-N-LINEAGE,
// and is not a base, a promoted version or foreign.
func Candidate(tag string) bool {
	_, version, _ := strings.Cut(tag, ":")
	return strings.HasPrefix(version, "run-") || strings.HasPrefix(version, "pr-")
}

// intentName is the file in a registration's draft that records the tag before it is
// created on the server.
const intentName = "tag.json"

// Intent is a tag that a registration is about to create.
type Intent struct {
	Tag  string `json:"tag"`
	Host string `json:"host"`        // the shared server's address; empty for the private one
	GGUF string `json:"gguf_sha256"` // of its weights
}

func (i Intent) save(dir string) error { return store.WriteJSON(filepath.Join(dir, intentName), i) }

// Begin records the tag in a registration's draft before it is created on the server.
// It deletes the candidate tag that an earlier attempt may have created on the same
// server, if this one differs.
func (i Intent) Begin(ctx context.Context, draft string, server engine.Tags) error {
	if left, err := loadIntent(draft); err == nil && left.Host == i.Host && left.key() != i.key() && Candidate(left.Tag) {
		if _, err := left.takeBack(ctx, server); err != nil {
			return err
		}
	}
	return i.save(draft)
}

// loadIntent returns the zero intent if the draft has none.
func loadIntent(dir string) (i Intent, err error) {
	path := filepath.Join(dir, intentName)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Intent{}, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &i)
	}
	if err != nil {
		return Intent{}, fmt.Errorf("%s: %w", path, err)
	}
	return i, nil
}

// patience limits how long a command waits at its start for a shared server on which a
// killed one left a tag.
const patience = 10 * time.Second

func deleteTag(ctx context.Context, i Intent) (deleted bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	server, err := machine.Dial(i.Host)
	if err != nil {
		return false, err
	}
	return i.takeBack(ctx, server)
}

// takeBack deletes the tag unless it has different bytes by now: two homes that judge
// the same pull request name their candidates alike.
func (i Intent) takeBack(ctx context.Context, server engine.Tags) (deleted bool, err error) {
	shown, err := server.Show(ctx, i.Tag)
	switch {
	case errors.Is(err, engine.ErrNotFound), err == nil && shown.GGUF != i.GGUF:
		return false, nil
	case err != nil && !errors.Is(err, engine.ErrBroken):
		return false, err
	}
	err = server.Delete(ctx, i.Tag)
	return err == nil, err
}

// key is the same for all spellings of a tag, which is case-insensitive.
func (i Intent) key() Intent { return Intent{Tag: strings.ToLower(i.Tag), Host: i.Host} }

// registeredTags returns the keys of the tags in finished registrations.
func registeredTags(m machine.Machine) (map[Intent]bool, error) {
	entries, err := m.Store().Entries()
	if err != nil {
		return nil, err
	}
	named := map[Intent]bool{}
	for _, entry := range entries {
		var registered register.Registered
		if entry.Manifest.Stage != string(step.Register) || entry.Decode(&registered) != nil {
			continue
		}
		named[Intent{Tag: registered.Tag, Host: registered.Host}.key()] = true
	}
	return named, nil
}
