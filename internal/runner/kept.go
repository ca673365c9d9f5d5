package runner

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/tunegate/tunegate/internal/ledger"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
)

func storeOf(m machine.Machine) *store.Store {
	return store.Open(filepath.Join(m.Home, "store"), m.Tool)
}

// storeCheck reads every result that the home keeps: runs look at sizes and
// times only. The command is this program with its global flags.
func storeCheck(ctx context.Context, m machine.Machine, command string) Check {
	history, err := ledger.Load(m.Home)
	if err != nil {
		return judge("store", false, err.Error(), "correct that file, or bring it back from a backup: it says which results must stay")
	}
	entries, err := storeOf(m).Entries()
	if err != nil {
		return judge("store", false, err.Error(), anotherHome)
	}
	var damaged []store.Entry
	var found []string
	for i, entry := range entries {
		m.Progress.Update("store", int64(i), int64(len(entries)), 0, entry.Manifest.Stage+" "+entry.Manifest.Key.Short())
		if ctx.Err() != nil {
			return judge("store", false, "not read to the end: "+ctx.Err().Error(), "run doctor again")
		}
		err := store.Verify(entry)
		if _, gone := os.Lstat(entry.Dir); err != nil && gone == nil {
			damaged, found = append(damaged, entry), append(found, err.Error())
		}
	}
	if damaged != nil {
		return damagedCheck(damaged, strings.Join(found, "\n"), history, command)
	}
	return judge("store", true, fmt.Sprintf("every byte of %d kept results is as it was written", len(entries)), "")
}

// damagedCheck says how to mend damaged results. What no promotion names is made
// again once it is gone. Nothing makes a promoted version again, but another one
// may be stable: then runs do not need it.
func damagedCheck(damaged []store.Entry, found string, history ledger.Ledger, command string) Check {
	check := Check{Name: "store", Level: Warn, Found: found}
	var again, mends []string
	for _, entry := range damaged {
		e, stable, promoted := promotedBy(history, entry.Manifest)
		if !promoted || stable {
			check.Level = Fail
		}
		if !promoted {
			again = append(again, entry.Dir)
			continue
		}
		mend := fmt.Sprintf("bring %s back from a backup: it is of %s, which was promoted", Quote(entry.Dir), e.Tag)
		if stable {
			mend += fmt.Sprintf("; or make another version stable, with `%s rollback` or `%s promote`", command, command)
		}
		mends = append(mends, mend)
	}
	switch {
	case mends == nil:
		check.Mend = "rm -r " + words(again)
	case again == nil:
		check.Mend = strings.Join(mends, "; ")
	default:
		check.Mend = "`rm -r " + words(again) + "`; " + strings.Join(mends, "; ")
	}
	return check
}

// promotedBy finds the promoted version that a result is kept for, and says
// whether it is a stable one; versions that are come first.
func promotedBy(history ledger.Ledger, result store.Manifest) (e ledger.Entry, stable, promoted bool) {
	for _, candidate := range promotions(history) {
		if result.Stage == string(step.Export) && result.Key == candidate.Export || result.Stage == string(step.Register) && result.Key == candidate.Register {
			now, _ := history.Stable(candidate.Name)
			if e, promoted = candidate, true; candidate.Version == now.Version {
				return e, true, true
			}
		}
	}
	return e, false, promoted
}

// modelsCheck reads every blob of the private server, which is named by its
// digest, and looks for tags that lack one. The command is this program with its
// global flags.
func modelsCheck(ctx context.Context, m machine.Machine, command string) Check {
	models := ollama.Models(machine.OllamaHome(m.Home))
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
			Mend: "the next run that needs one makes it again; `" + command + " clean` takes the others away",
		}
	}
	return judge("models", true, fmt.Sprintf("%d tags of %d files on the private server", len(tags), len(blobs)), "")
}
