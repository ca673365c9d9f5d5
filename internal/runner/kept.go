package runner

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/pipeline"
	"github.com/tunegate/tunegate/internal/store"
)

func storeOf(m pipeline.Machine) *store.Store {
	return store.Open(filepath.Join(m.Home, "store"), m.Tool)
}

// storeCheck reads every result that the home keeps: runs look at sizes and
// times only.
func storeCheck(ctx context.Context, m pipeline.Machine) Check {
	entries, err := storeOf(m).Entries()
	if err != nil {
		return judge("store", false, err.Error(), anotherHome)
	}
	var damaged, found []string
	for i, entry := range entries {
		m.Progress.Update("store", int64(i), int64(len(entries)), 0, entry.Manifest.Stage+" "+entry.Manifest.Key.Short())
		if ctx.Err() != nil {
			return judge("store", false, "not read to the end: "+ctx.Err().Error(), "run doctor again")
		}
		err := store.Verify(entry)
		if _, gone := os.Lstat(entry.Dir); err != nil && gone == nil {
			damaged, found = append(damaged, entry.Dir), append(found, err.Error())
		}
	}
	if damaged != nil {
		return judge("store", false, strings.Join(found, "\n"), "rm -r "+words(damaged))
	}
	return judge("store", true, fmt.Sprintf("every byte of %d kept results is as it was written", len(entries)), "")
}

// modelsCheck reads every blob of the private server, which is named by its
// digest, and looks for tags that lack one.
func modelsCheck(ctx context.Context, m pipeline.Machine) Check {
	models := ollama.Models(pipeline.OllamaHome(m.Home))
	blobs, err := filepath.Glob(filepath.Join(models, "blobs", "sha256-"+strings.Repeat("[0-9a-f]", 64)))
	if err != nil {
		return judge("models", false, err.Error(), anotherHome)
	}
	var damaged []string
	for i, blob := range blobs {
		m.Progress.Update("models", int64(i), int64(len(blobs)), 0, filepath.Base(blob)[:15])
		if ctx.Err() != nil {
			return judge("models", false, "not read to the end: "+ctx.Err().Error(), "run doctor again")
		}
		digest, err := store.FileDigest(blob)
		if _, gone := os.Lstat(blob); gone == nil && (err != nil || "sha256-"+digest != filepath.Base(blob)) {
			damaged = append(damaged, blob)
		}
	}
	if damaged != nil {
		return judge("models", false, "the private server's files are not what their names say: "+strings.Join(damaged, ", "), "rm "+words(damaged))
	}
	tags, err := ollama.Stored(models)
	if err != nil {
		return judge("models", false, err.Error(), anotherHome)
	}
	var broken []string
	for _, tag := range tags {
		if tag.Broken {
			broken = append(broken, tag.Tag)
		}
	}
	if broken != nil {
		return Check{
			Name: "models", Level: Warn, Found: "tags of the private server that lack a part: " + strings.Join(broken, ", "),
			Mend: "the next run that needs one makes it again; `tunegate clean` takes the others away",
		}
	}
	return judge("models", true, fmt.Sprintf("%d tags of %d files on the private server", len(tags), len(blobs)), "")
}
