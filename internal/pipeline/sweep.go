package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/text"
)

// Swept is what commands that were killed had left.
type Swept struct {
	Runs    []string // ids of runs without an end, which are Interrupted now
	Drafts  []string // stages and keys of drafts that nothing can take up
	Files   []string // paths of files that were not finished
	Tags    []string // of candidates that never became a result
	Blobs   []string // of the private server, named by no tag
	Folders []string // paths of runs that never began, and of scratch repositories
	Bytes   int64    // freed, without Folders
}

// clearUp takes away what killed commands left and says so. What it can not
// take away stops nobody.
func (m Machine) clearUp(ctx context.Context) {
	swept, err := m.sweep(ctx)
	if counted := swept.String(); counted != "" {
		m.Progress.Say("cleared up what an earlier command left: %s", counted)
	}
	if err != nil {
		m.Progress.Say("note: not all that a killed command left could be cleared up: %v", err)
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
		{len(s.Drafts), "half-made result", "half-made results"},
		{len(s.Tags), "tag", "tags"},
		{len(s.Blobs), "blob", "blobs"},
		{len(s.Files), "half-written file", "half-written files"},
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
// goes on where one thing can not be taken away, and gives all such errors.
func (m Machine) sweep(ctx context.Context) (Swept, error) {
	var s Swept
	drafts, unlisted := m.store().Drafts()
	named, unread := m.registeredTags()
	failed := []error{unlisted, unread}
	if unread == nil {
		var err error
		drafts, err = m.sweepDrafts(ctx, drafts, named, &s)
		failed = append(failed, err, m.sweepTags(named, &s))
	}
	failed = append(failed, m.sweepFiles(drafts, &s), m.sweepRuns(&s))
	folders, err := repo.Sweep(m.TempDir)
	s.Folders = append(s.Folders, folders...)
	return s, errors.Join(append(failed, err)...)
}

// sweepDrafts removes the drafts of stages that always start anew and gives
// those that stay. A tag that one of them had made on a shared server goes
// first; where it can not be deleted the draft stays, so that it is tried again.
func (m Machine) sweepDrafts(ctx context.Context, drafts []store.DraftInfo, named map[intent]bool, s *Swept) (stay []store.DraftInfo, err error) {
	var failed []error
	for _, draft := range drafts {
		if draft.Stage == string(Train) || draft.Stage == string(Eval) {
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
func (m Machine) sweepFiles(drafts []store.DraftInfo, s *Swept) error {
	places := []string{runsFolder(m.Home), setupFolder(m.Home)}
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
func (m Machine) sweepRuns(s *Swept) error {
	records, err := Runs(m.Home)
	if err != nil {
		return err
	}
	var failed []error
	for _, record := range records {
		failed = append(failed, s.interrupt(record, RunFolder(m.Home, record.ID), record.ID))
	}
	setups, err := Setups(m.Home)
	failed = append(failed, err)
	for name, record := range setups {
		failed = append(failed, s.interrupt(record, filepath.Join(setupFolder(m.Home), name), "setup of "+name))
	}
	unreadable, err := UnreadableRuns(m.Home)
	failed = append(failed, err)
	for _, id := range unreadable {
		dir := RunFolder(m.Home, id)
		if _, err := os.Lstat(filepath.Join(dir, recordName)); errors.Is(err, fs.ErrNotExist) {
			s.Folders = append(s.Folders, dir)
			failed = append(failed, os.RemoveAll(dir))
		}
	}
	return errors.Join(failed...)
}

func (s *Swept) interrupt(record Record, dir, name string) error {
	if record.State != Running {
		return nil
	}
	record.State, record.Error = Interrupted, "it was killed, or the machine went down (hint: the same command goes on where it stopped)"
	for i := range record.Stages {
		if record.Stages[i].State == Running {
			record.Stages[i].State = Interrupted
		}
	}
	s.Runs = append(s.Runs, name)
	return record.save(dir)
}

// sweepTags removes the private server's damaged tags, its candidates that never
// became a result, and the blobs that no tag names then.
func (m Machine) sweepTags(named map[intent]bool, s *Swept) error {
	models := ollama.Models(OllamaHome(m.Home))
	stored, err := ollama.Stored(models)
	if err != nil {
		return err
	}
	for _, tag := range stored {
		if !tag.Broken && (!Candidate(tag.Tag) || named[intent{Tag: tag.Tag}.key()]) {
			continue
		}
		if err := ollama.Remove(models, tag.Tag); err != nil {
			return err
		}
		s.Tags = append(s.Tags, tag.Tag)
	}
	freed, blobs, err := ollama.Prune(models, false)
	s.Blobs, s.Bytes = blobs, s.Bytes+freed
	return err
}
