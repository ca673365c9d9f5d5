package doctor

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/text"
)

// modelsChecks read every blob of the private server in a usable home, and check
// for tags that lack one.
func modelsChecks(ctx context.Context, in inspection) []check.Check {
	if homeCheck(ctx, in).Level == check.Fail {
		return nil
	}
	return []check.Check{modelsCheck(ctx, in.machine, in.about.Command)}
}

// modelsCheck is about one home, whose blobs are named by their digests. The
// command is this program with its global flags.
func modelsCheck(ctx context.Context, m machine.Machine, command string) check.Check {
	models := ollama.Models(machine.OllamaHome(m.Home))
	blobs, err := filepath.Glob(filepath.Join(models, "blobs", "sha256-"+strings.Repeat("[0-9a-f]", 64)))
	if err != nil {
		return check.Failed("models", err.Error(), anotherHome)
	}
	var damaged []string
	for i, blob := range blobs {
		m.Progress.Update("models", int64(i), int64(len(blobs)), 0, filepath.Base(blob)[:15])
		if ctx.Err() != nil {
			return check.Failed("models", "not fully read: "+ctx.Err().Error(), "run doctor again")
		}
		digest, err := store.FileDigest(blob)
		if _, gone := os.Lstat(blob); gone == nil && (err != nil || "sha256-"+digest != filepath.Base(blob)) {
			damaged = append(damaged, blob)
		}
	}
	if damaged != nil {
		return check.Failed("models", "files of the private server do not match their digests: "+strings.Join(damaged, ", "), "rm "+quoteAll(damaged))
	}
	tags, err := ollama.Stored(models)
	if err != nil {
		return check.Failed("models", err.Error(), anotherHome)
	}
	var broken []string
	for _, tag := range tags {
		if tag.Broken {
			broken = append(broken, tag.Tag)
		}
	}
	if broken != nil {
		return check.Warned("models", "incomplete tags on the private server: "+strings.Join(broken, ", "),
			"the next run that needs one makes it again; `"+command+" clean` removes the others")
	}
	return check.Passed("models", text.Count(len(tags), "tag")+" of "+text.Count(len(blobs), "file")+" on the private server")
}
