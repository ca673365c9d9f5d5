package runs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/text"
)

// Swept is what killed commands had left.
type Swept struct {
	Runs    []string // IDs of runs without an end, now step.Interrupted
	Drafts  []string // stages and keys of drafts that cannot be resumed
	Files   []string // paths of unfinished files
	Tags    []string // of candidates that never became a result
	Blobs   []string // of the private server, not used by any tag
	Folders []string // paths of runs that never began, and of scratch repositories
	Bytes   int64    // freed, without Folders
}

// Lock locks a machine's home for one command, like Machine.Lock, and cleans up what
// killed commands left there.
func Lock(ctx context.Context, m machine.Machine, who string) (locked machine.Machine, release func(), err error) {
	locked, release, err = m.Lock(ctx, who)
	if err == nil {
		cleanUp(ctx, locked)
	}
	return locked, release, err
}

// cleanUp removes what killed commands left and reports it. Failures to remove are only
// reported.
func cleanUp(ctx context.Context, m machine.Machine) {
	swept, err := sweep(ctx, m)
	if counted := swept.String(); counted != "" {
		m.Progress.Say("cleaned up after an earlier command: %s", counted)
	}
	if err != nil {
		m.Progress.Say("note: could not clean up everything that a killed command left: %v", err)
	}
}

// String counts what was swept, and the bytes; empty if there was nothing.
func (s Swept) String() string {
	var parts []string
	for _, kind := range []struct {
		count     int
		one, many string
	}{
		{len(s.Runs), "run", "runs"},
		{len(s.Drafts), "partial result", "partial results"},
		{len(s.Tags), "tag", "tags"},
		{len(s.Blobs), "blob", "blobs"},
		{len(s.Files), "partial file", "partial files"},
		{len(s.Folders), "folder", "folders"},
	} {
		switch kind.count {
		case 0:
		case 1:
			parts = append(parts, "1 "+kind.one)
		default:
			parts = append(parts, fmt.Sprintf("%d %s", kind.count, kind.many))
		}
	}
	counted := strings.Join(parts, ", ")
	if s.Bytes > 0 {
		counted += " (" + text.Bytes(s.Bytes) + ")"
	}
	return counted
}

// sweep removes what killed commands left in the home. The caller holds the home's
// lock, so that nothing unfinished is in use. It continues after errors and returns
// them all.
func sweep(ctx context.Context, m machine.Machine) (Swept, error) {
	var s Swept
	drafts, unlisted := m.Store().Drafts()
	named, unread := registeredTags(m)
	failed := []error{unlisted, unread}
	if unread == nil {
		var err error
		drafts, err = sweepDrafts(ctx, drafts, named, &s)
		failed = append(failed, err, sweepTags(m, named, &s))
	}
	failed = append(failed, sweepFiles(m.Home, drafts, &s), sweepRuns(m.Home, &s))
	folders, err := repo.Sweep(m.TempDir)
	s.Folders = append(s.Folders, folders...)
	return s, errors.Join(append(failed, err)...)
}

// sweepDrafts removes the drafts of stages that always restart and returns those that
// stay. It first deletes the tag that a draft created on a shared server; if that fails,
// the draft stays, so that the next command tries again.
func sweepDrafts(ctx context.Context, drafts []store.DraftInfo, named map[Intent]bool, s *Swept) (stay []store.DraftInfo, err error) {
	var failed []error
	for _, draft := range drafts {
		if draft.Stage == string(step.Train) || draft.Stage == string(step.Eval) {
			stay = append(stay, draft) // the next run resumes it
			continue
		}
		meant, err := loadIntent(draft.Dir)
		if err == nil && meant.Host != "" && Candidate(meant.Tag) && !named[meant.key()] {
			var deleted bool
			if deleted, err = deleteTag(ctx, meant); deleted {
				s.Tags = append(s.Tags, meant.Tag+" on "+meant.Host)
			}
		}
		if err == nil {
			err = os.RemoveAll(draft.Dir)
		}
		if err != nil {
			stay, failed = append(stay, draft), append(failed, err)
			continue
		}
		s.Drafts = append(s.Drafts, draft.Stage+" "+draft.Key.Short())
		s.Bytes += draft.Size
	}
	return stay, errors.Join(failed...)
}

// sweepFiles removes the temporary files of unfinished atomic writes. It skips finished
// results: all their files belong to them.
func sweepFiles(home string, drafts []store.DraftInfo, s *Swept) error {
	places := []string{runsFolder(home), setupFolder(home)}
	for _, draft := range drafts {
		places = append(places, draft.Dir)
	}
	var failed []error
	for _, place := range places {
		failed = append(failed, filepath.WalkDir(place, func(path string, entry fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil || !entry.Type().IsRegular() || !store.IsTemporary(entry.Name()) {
				return err
			}
			size, _ := store.Size(path)
			// #nosec G122 -- the home is closed to other users
			if err := os.Remove(path); err != nil {
				return err
			}
			s.Files, s.Bytes = append(s.Files, path), s.Bytes+size
			return nil
		}))
	}
	return errors.Join(failed...)
}

// sweepRuns marks runs and setups without an end as interrupted, and removes the folders
// of runs killed before they had a record.
func sweepRuns(home string, s *Swept) error {
	records, err := All(home)
	if err != nil {
		return err
	}
	var failed []error
	for _, record := range records {
		failed = append(failed, s.interrupt(record, Folder(home, record.ID), record.ID))
	}
	setups, err := Setups(home)
	failed = append(failed, err)
	for name, record := range setups {
		failed = append(failed, s.interrupt(record, filepath.Join(setupFolder(home), name), "setup of "+name))
	}
	unreadable, err := Unreadable(home)
	failed = append(failed, err)
	for _, id := range unreadable {
		dir := Folder(home, id)
		if _, err := os.Lstat(filepath.Join(dir, RecordFile)); errors.Is(err, fs.ErrNotExist) {
			s.Folders = append(s.Folders, dir)
			failed = append(failed, os.RemoveAll(dir))
		}
	}
	return errors.Join(failed...)
}

func (s *Swept) interrupt(record Record, dir, name string) error {
	if record.State != step.Running {
		return nil
	}
	record.State, record.Error = step.Interrupted, "it was killed, or the machine went down (hint: run the same command again to resume)"
	for i := range record.Stages {
		if record.Stages[i].State == step.Running {
			record.Stages[i].State = step.Interrupted
		}
	}
	s.Runs = append(s.Runs, name)
	return record.Save(dir)
}

// sweepTags removes the private server's damaged tags, its candidates that never became
// a result, and the blobs that are then unused.
func sweepTags(m machine.Machine, named map[Intent]bool, s *Swept) error {
	stored, err := m.StoredTags()
	if err != nil {
		return err
	}
	for _, tag := range stored {
		if !tag.Broken && (!Candidate(tag.Tag) || named[Intent{Tag: tag.Tag}.key()]) {
			continue
		}
		if err := m.RemoveTag(tag.Tag); err != nil {
			return err
		}
		s.Tags = append(s.Tags, tag.Tag)
	}
	freed, blobs, err := m.PruneBlobs()
	s.Blobs, s.Bytes = blobs, s.Bytes+freed
	return err
}
