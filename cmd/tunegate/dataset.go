package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"

	"github.com/alecthomas/kong"
	"github.com/google/renameio/v2"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/playbook"
	"github.com/tunegate/tunegate/internal/text"
)

// datasetCommand is a run that ends after the dataset, or, with --playbook, the
// playbook's scripts: files in, files out, no repository and no run.
type datasetCommand struct {
	stageCommand
	Explain  string        `help:"Explain what a check finds and what it does by default." placeholder:"CHECK"`
	Playbook playbookFlags `embed:""`
}

type playbookFlags struct {
	On             bool   `name:"playbook" help:"Write the files of the playbook's lora-* targets instead."`
	Input          string `help:"Raw records to prepare (default: those just merged)." placeholder:"FILE"`
	Output         string `help:"Output file for the prepared rows, JSONL." placeholder:"FILE"`
	BaseSample     string `help:"Raw records to merge." placeholder:"FILE"`
	FollowupSample string `help:"Raw follow-up records to merge with them." placeholder:"FILE"`
	Merged         string `help:"Output file for the merged raw records." placeholder:"FILE"`
	Weight         *int   `help:"How many times each follow-up record is merged (default: 2)." placeholder:"N"`
	ShuffleSeed    string `help:"Seed for shuffling the merged records (default: 42)." placeholder:"N"`
	NoShuffle      bool   `help:"Keep the order of the files when merging."`
}

// The playbook's own defaults.
const (
	playbookWeight = 2
	playbookSeed   = "42"
)

func (c datasetCommand) Run(s *session, parsed *kong.Context) error {
	if c.Explain != "" {
		return c.explain(s)
	}
	if c.Playbook.On {
		if c.refs != (refs{}) {
			return usage(errors.New("--base and --head have no effect with --playbook, which reads files (hint: leave them out)"))
		}
		return c.Playbook.run(s)
	}
	if c.Playbook != (playbookFlags{}) {
		return usage(errors.New("files to prepare or merge need --playbook (hint: add --playbook, or leave the files out to build the config's dataset)"))
	}
	return c.stageCommand.Run(s, parsed)
}

// explain describes a check; nothing is read.
func (c datasetCommand) explain(s *session) error {
	said, err := dataset.Explain(c.Explain)
	if err != nil {
		return usage(err)
	}
	if s.cli.JSON {
		return s.encode(map[string]string{"check": c.Explain, "explanation": said})
	}
	_, err = fmt.Fprintln(s.world.stdout, said)
	return err
}

// playbookResult is what --json prints.
type playbookResult struct {
	Merged   *playbook.Merged   `json:"merged,omitempty"`
	Prepared *playbook.Prepared `json:"prepared,omitempty"`
	Notes    []string           `json:"notes"`
}

// run computes every file's content before it writes the first one.
func (f playbookFlags) run(s *session) error {
	if err := f.check(s); err != nil {
		return usage(err)
	}
	result := playbookResult{Notes: []string{}}
	made := map[string][]byte{}
	if f.merges() {
		merged, count, err := f.merge(s)
		if err != nil {
			return err
		}
		made[f.Merged], result.Merged = merged, &count
	}
	if f.Output != "" {
		rows, count, err := f.prepare(s, made[f.Merged])
		if err != nil {
			return err
		}
		made[f.Output], result.Prepared = rows, &count
	}
	for _, name := range []string{f.Merged, f.Output} {
		if data, found := made[name]; found {
			if err := s.write(name, data); err != nil {
				return err
			}
		}
	}
	result.note()
	return f.show(s, result)
}

func (f playbookFlags) merges() bool { return f.Merged != "" }

// check refuses flags that lack others, would have no effect, or would lose a
// file.
func (f playbookFlags) check(s *session) error {
	all := f.BaseSample != "" && f.FollowupSample != "" && f.Merged != ""
	some := f.BaseSample+f.FollowupSample+f.Merged+f.ShuffleSeed != "" || f.Weight != nil || f.NoShuffle
	switch {
	case some && !all:
		return errors.New("to merge takes three files (hint: name --base-sample, --followup-sample and --merged)")
	case f.Output == "" && (f.Input != "" || !all), f.Input == "" && !all:
		return errors.New("--playbook lacks files (hint: to prepare, name --input and --output; to merge, --base-sample, --followup-sample and --merged)")
	case all && f.Input != "" && !s.same(f.Input, f.Merged):
		return fmt.Errorf("the merged %s would not be prepared, but %s would (hint: leave --input out)", f.Merged, f.Input)
	}
	return f.apart(s)
}

// apart refuses a file that would be both written and read, or written twice.
func (f playbookFlags) apart(s *session) error {
	type file struct{ flag, name string }
	read := []file{{"--input", f.Input}}
	if f.merges() { // then --input is what was merged
		read = []file{{"--base-sample", f.BaseSample}, {"--followup-sample", f.FollowupSample}}
	}
	for _, written := range []file{{"--merged", f.Merged}, {"--output", f.Output}} {
		if written.name == "" {
			continue
		}
		for _, other := range read {
			if s.same(written.name, other.name) {
				return fmt.Errorf("%s %s is also the file of %s (hint: name another file)", written.flag, written.name, other.flag)
			}
		}
		read = append(read, written)
	}
	return nil
}

// same reports whether two names are of one file.
func (s *session) same(a, b string) bool {
	first, err := filepath.Abs(s.path(a))
	second, otherErr := filepath.Abs(s.path(b))
	if err == nil && otherErr == nil && first == second {
		return true
	}
	info, err := os.Stat(s.path(a))
	other, otherErr := os.Stat(s.path(b))
	return err == nil && otherErr == nil && os.SameFile(info, other)
}

func (f playbookFlags) merge(s *session) ([]byte, playbook.Merged, error) {
	mix := playbook.Mix{Weight: playbookWeight}
	if f.Weight != nil {
		mix.Weight = *f.Weight
	}
	if mix.Weight < 1 {
		return nil, playbook.Merged{}, usage(fmt.Errorf("--weight %d is less than 1 (hint: 1 writes each follow-up record once)", mix.Weight))
	}
	seed, ok := new(big.Int).SetString(cmp.Or(f.ShuffleSeed, playbookSeed), 10)
	if !ok {
		return nil, playbook.Merged{}, usage(fmt.Errorf("--shuffle-seed %q is not an integer (hint: use one such as %s)", f.ShuffleSeed, playbookSeed))
	}
	if !f.NoShuffle {
		mix.Seed = seed
	}
	base, err := s.read(f.BaseSample)
	if err != nil {
		return nil, playbook.Merged{}, err
	}
	followup, err := s.read(f.FollowupSample)
	if err != nil {
		return nil, playbook.Merged{}, err
	}
	return playbook.Merge(base, followup, mix)
}

// prepare makes rows of what was merged, else of the input file.
func (f playbookFlags) prepare(s *session, merged []byte) ([]byte, playbook.Prepared, error) {
	if f.merges() {
		return playbook.Prepare(playbook.File{Name: f.Merged, Data: merged})
	}
	input, err := s.read(f.Input)
	if err != nil {
		return nil, playbook.Prepared{}, err
	}
	return playbook.Prepare(input)
}

// note lists what these files lose and a run would keep.
func (r *playbookResult) note() {
	const kept = "`tunegate run` keeps"
	weighted := r.Merged != nil && r.Merged.Weight > 1 && r.Merged.Followup > 0
	switch {
	case weighted && r.Prepared != nil:
		r.Notes = append(r.Notes, fmt.Sprintf("weight %d changed only the order, because preparing drops the copies (%s). %s a source's `weight`", r.Merged.Weight, text.Count(r.Prepared.Duplicates, "duplicate"), kept))
	case weighted:
		r.Notes = append(r.Notes, fmt.Sprintf("preparing will drop the copies that weight %d made: weights 1, 2 and 3 give the same rows in a different order. %s a source's `weight`", r.Merged.Weight, kept))
	case r.Prepared != nil && r.Prepared.Duplicates > 0:
		r.Notes = append(r.Notes, fmt.Sprintf("dropped %s, including the copies that a merge's weight made. %s a source's `weight`", text.Count(r.Prepared.Duplicates, "duplicate"), kept))
	}
	if r.Prepared != nil && r.Prepared.LostContext > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("records that lost their `context` or `input`, which the playbook's rows cannot hold: %d. %s earlier turns and levels", r.Prepared.LostContext, kept))
	}
}

func (f playbookFlags) show(s *session, result playbookResult) error {
	for _, note := range result.Notes {
		fmt.Fprintf(s.world.stderr, "note: %s\n", note)
	}
	if s.cli.JSON {
		return s.encode(result)
	}
	if m := result.Merged; m != nil {
		fmt.Fprintf(s.world.stdout, "merged: %s and %s x %d: %s in %s\n", text.Count(m.Base, "base record"), text.Count(m.Followup, "follow-up record"), m.Weight, text.Count(m.Records, "record"), f.Merged)
	}
	if p := result.Prepared; p != nil {
		fmt.Fprintf(s.world.stdout, "prepared: %s of %s in %s (left out: %d without an instruction, %d without an output, %s)\n",
			text.Count(p.Rows, "row"), text.Count(p.Records, "record"), f.Output, p.NoInstruction, p.NoOutput, text.Count(p.Duplicates, "duplicate"))
	}
	return nil
}

// path is a file named on the command line, relative to the folder of -C.
func (s *session) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(s.cli.Dir, name)
}

// read reads a raw record file; one that is too long is cut, which playbook refuses.
func (s *session) read(name string) (playbook.File, error) {
	file, err := os.Open(s.path(name))
	if err != nil {
		return playbook.File{}, fmt.Errorf("%w (hint: name a file of raw records, a JSON list)", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, playbook.MaxInput+1))
	return playbook.File{Name: name, Data: data}, err
}

// write replaces a file as a whole, or leaves it unchanged.
func (s *session) write(name string, data []byte) error {
	path := s.path(name)
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a plain file, so it is not replaced (hint: name a plain file, not a link, folder or device)", name)
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("%w (hint: name a file in a folder that you can write to)", err)
	}
	return renameio.WriteFile(path, data, 0o644, renameio.WithTempDir(dir), renameio.WithExistingPermissions())
}
