package starter

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/bounded"
	"github.com/tunegate/tunegate/internal/repo"
)

// How a tutor names its records, and where they are in the playbook's repository.
// The merged file repeats the others, and follow-ups count twice. The playbook has its
// user copy a sample to playbookInput and continue from there, so that is a source before
// it exists.
const (
	tutorRecords    = "raw_tuning_records*"
	playbookRecords = "backend/data/" + tutorRecords + ".json"
	playbookInput   = "backend/data/raw_tuning_records.json"
	playbookName    = "euclid-math"
	mergedRecords   = "raw_tuning_records.merged.json"
	followUps       = ".followup."
	followUpWeight  = 2
)

// elsewhere are the globs of other repositories; the first is the default.
var elsewhere = []string{"data/*.json", "data/*.jsonl"}

// Recognize returns the template that fits the working tree top, and why: a
// tutor's records have the tutor's file name.
func Recognize(top fs.FS) (t Template, why string, err error) {
	for _, glob := range append([]string{playbookRecords}, elsewhere...) {
		folder := path.Dir(glob)
		found, err := fs.Glob(top, path.Join(folder, tutorRecords+path.Ext(glob)))
		if err != nil {
			return "", "", err
		}
		if len(found) > 0 {
			return Tutor, fmt.Sprintf("found %s, a tutor's record file", found[0]), nil
		}
	}
	return Generic, fmt.Sprintf("no %s in backend/data or data", tutorRecords), nil
}

// Discover proposes options for the template and the repository whose working
// tree is top and whose folder has the name: the playbook's record files one by
// one where there are any, else the globs under data/ that match something, else
// data/*.json, which then matches nothing yet. A tutor's include the file that
// `make lora-prepare` reads, there or not: input, the environment's LORA_INPUT from the
// top of the repository, else the Makefile's, else the playbook's own.
func Discover(t Template, top fs.FS, folder, input string) (Options, error) {
	o := Options{Name: cmp.Or(tagName(folder), fallbackName(t)), BaseModel: DefaultBase}
	records, err := fs.Glob(top, playbookRecords)
	if err != nil {
		return Options{}, err
	}
	for _, record := range records {
		source := Source{Path: record, Weight: 1}
		if strings.Contains(record, followUps) {
			source.Weight = followUpWeight
		}
		if path.Base(record) != mergedRecords {
			o.Sources = append(o.Sources, source)
		}
	}
	if len(o.Sources) == 0 {
		if o.Sources, err = matching(top, elsewhere); err != nil {
			return Options{}, err
		}
	}
	if t == Tutor {
		if input, err = prepared(top, input); err != nil {
			return Options{}, err
		}
		if len(records) > 0 {
			o.Name, input = playbookName, cmp.Or(input, playbookInput)
		}
		o.add(Source{Path: input, Weight: 1, Optional: true})
	}
	if len(o.Sources) == 0 {
		o.add(Source{Path: elsewhere[0], Weight: 1})
	}
	return o, nil
}

// add names files, unless there is no path or a source names it already.
func (o *Options) add(added Source) {
	named := func(source Source) bool { return repo.Match(source.Path, added.Path) }
	if added.Path != "" && !slices.ContainsFunc(o.Sources, named) {
		o.Sources = append(o.Sources, added)
	}
}

// matching are sources of those globs that match something.
func matching(top fs.FS, globs []string) (sources []Source, err error) {
	for _, glob := range globs {
		found, err := fs.Glob(top, glob)
		if err != nil {
			return nil, err
		}
		if len(found) > 0 {
			sources = append(sources, Source{Path: glob, Weight: 1})
		}
	}
	return sources, nil
}

const maxMakefile = 1 << 20 // bytes

// inputLine sets LORA_INPUT in a Makefile to something that make need not compute.
var inputLine = regexp.MustCompile(`(?m)^ *LORA_INPUT *[?:]*= *([^#$\n]*[^#$\s]) *(?:#.*)?\r?$`)

// prepared is the file that `make lora-prepare` reads, as the environment says, else
// the Makefile; empty if neither does.
func prepared(top fs.FS, environment string) (string, error) {
	if environment != "" {
		return path.Clean(environment), nil
	}
	makefile, err := bounded.ReadFS(top, "Makefile", maxMakefile)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("the Makefile: %w (hint: set LORA_INPUT in the environment to the file that `make lora-prepare` reads)", err)
	}
	if found := inputLine.FindSubmatch(makefile); found != nil {
		return path.Clean(string(found[1])), nil
	}
	return "", nil
}

// Unmatched lists the sources that no file of the working tree fits. Patterns
// with ** are not looked for.
func (o Options) Unmatched(top fs.FS) []string {
	var missing []string
	for _, source := range o.Sources {
		found, err := fs.Glob(top, path.Clean(source.Path))
		if err == nil && len(found) == 0 && !strings.Contains(source.Path, "**") {
			missing = append(missing, source.Path)
		}
	}
	return missing
}

var notInTags = regexp.MustCompile(`[^a-z0-9._-]+`)

// tagName makes the name of Ollama tags of a folder's; empty if nothing of it
// can stand in one.
func tagName(folder string) string {
	name := strings.TrimLeft(notInTags.ReplaceAllString(strings.ToLower(folder), "-"), "._-")
	return strings.TrimRight(name[:min(len(name), 40)], "._-")
}

func fallbackName(t Template) string {
	if t == Tutor {
		return "tutor"
	}
	return "model"
}
