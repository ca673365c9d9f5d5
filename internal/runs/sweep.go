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

// Swept is what commands that were killed had left.
type Swept struct {
	Runs    []string // ids of runs without an end, which are step.Interrupted now
	Drafts  []string // stages and keys of drafts that nothing can take up
	Files   []string // paths of files that were not finished
	Tags    []string // of candidates that never became a result
	Blobs   []string // of the private server, named by no tag
	Folders []string // paths of runs that never began, and of scratch repositories
	Bytes   int64    // freed, without Folders
}

// Lock takes the home of a machine for one command, as Machine.Lock does, and
// clears up what killed commands left there.
func Lock(ctx context.Context, m machine.Machine, who string) (locked machine.Machine, release func(), err error) {
	locked, release, err = m.Lock(ctx, who)
	if err == nil {
		clearUp(ctx, locked)
	}
	return locked, release, err
}

// clearUp takes away what killed commands left and says so. What it cannot
// take away stops nobody.
func clearUp(ctx context.Context, m machine.Machine) {
	swept, err := sweep(ctx, m)
	if counted := swept.String(); counted != "" {
		m.Progress.Say("cleaned up after an earlier command: %s", counted)
	}
	if err != nil {
		m.Progress.Say("note: could not clean up everything that a killed command left: %v", err)
	}
}

// String counts what was swept, and the bytes; empty when there was nothing.
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

// sweep takes away what commands that were killed left in the home. The caller
// holds the lock of the home, so that whatever looks unfinished is nobody's. It
// goes on where one thing cannot be taken away, and gives all such errors.
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

// sweepDrafts removes the drafts of stages that always start anew and gives
// those that stay. A tag that one of them had made on a shared server goes
// first; where it cannot be deleted the draft stays, so that it is tried again.
func sweepDrafts(ctx context.Context, drafts []store.DraftInfo, named map[Intent]bool, s *Swept) (stay []store.DraftInfo, err error) {
	var failed []error
	for _, draft := range drafts {
		if draft.Stage == string(step.Train) || draft.Stage == string(step.Eval) {
			stay = append(stay, draft) // the next run takes it up
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

// sweepFiles removes what was to become a file in one step and did not. It
// leaves finished results alone: all their files are meant.
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

// sweepRuns marks the runs and set-ups that had no end, and removes the folders
// of runs that were killed before they had a record.
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

// sweepTags removes the private server's damaged tags, its candidates that never
// became a result, and the blobs that no tag names then.
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
