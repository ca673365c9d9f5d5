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

// Candidate says whether a tag is one that runs make, NAME:run-ID or
// NAME:pr-N-LINEAGE, and not a base, a promoted version or somebody else's.
func Candidate(tag string) bool {
	_, version, _ := strings.Cut(tag, ":")
	return strings.HasPrefix(version, "run-") || strings.HasPrefix(version, "pr-")
}

// intentName is the file in the draft of a registration that names the tag
// before the server is asked for it.
const intentName = "tag.json"

// Intent is a tag that a registration is about to make.
type Intent struct {
	Tag  string `json:"tag"`
	Host string `json:"host"`        // the shared server's address; empty for the private one
	GGUF string `json:"gguf_sha256"` // what it is made of
}

func (i Intent) save(dir string) error { return store.WriteJSON(filepath.Join(dir, intentName), i) }

// Begin leaves the tag's name in the draft of a registration, before the server is
// asked for it. A candidate's tag that an earlier attempt meant to make on the same
// server, and this one will not, is taken back.
func (i Intent) Begin(ctx context.Context, draft string, server engine.Tags) error {
	if left, err := loadIntent(draft); err == nil && left.Host == i.Host && left.key() != i.key() && Candidate(left.Tag) {
		if _, err := left.takeBack(ctx, server); err != nil {
			return err
		}
	}
	return i.save(draft)
}

// loadIntent gives the zero intent where the draft holds none.
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

// patience bounds what a command waits, at its start, for a shared server on
// which a killed one had left a tag.
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

// takeBack deletes the tag unless it was made of other bytes since: two homes
// that judge the same pull request give their candidates the same name.
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

// key is the same for all spellings of a tag, whose case does not matter.
func (i Intent) key() Intent { return Intent{Tag: strings.ToLower(i.Tag), Host: i.Host} }

// registeredTags are the keys of the tags that finished registrations name.
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
