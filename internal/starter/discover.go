package starter

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

// How a tutor names its records, and where they lie in the playbook's repository.
// The merged file repeats the others, and follow-ups count twice.
const (
	tutorRecords    = "raw_tuning_records*"
	playbookRecords = "backend/data/" + tutorRecords + ".json"
	playbookName    = "euclid-math"
	mergedRecords   = "raw_tuning_records.merged.json"
	followUps       = ".followup."
	followUpWeight  = 2
)

// elsewhere are the globs of other repositories; the first is the default.
var elsewhere = []string{"data/*.json", "data/*.jsonl"}

// Recognize gives the template that fits the working tree top, and why: a
// tutor's records have its name for them.
func Recognize(top fs.FS) (t Template, why string, err error) {
	for _, glob := range append([]string{playbookRecords}, elsewhere...) {
		folder := path.Dir(glob)
		found, err := fs.Glob(top, path.Join(folder, tutorRecords+path.Ext(glob)))
		if err != nil {
			return "", "", err
		}
		if len(found) > 0 {
			return Tutor, fmt.Sprintf("%s is named as a tutor's records are", found[0]), nil
		}
	}
	return Generic, fmt.Sprintf("no %s lies in backend/data or data, as a tutor's records do", tutorRecords), nil
}

// Discover proposes options for the template and the repository whose working
// tree is top and whose folder has the name: the playbook's record files one by
// one where there are any, else the globs under data/ that match something, else
// data/*.json, which then matches nothing yet.
func Discover(t Template, top fs.FS, folder string) (Options, error) {
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
			if t == Tutor {
				o.Name = playbookName
			}
			o.Sources = append(o.Sources, source)
		}
	}
	if len(o.Sources) > 0 {
		return o, nil
	}
	for _, glob := range elsewhere {
		found, err := fs.Glob(top, glob)
		if err != nil {
			return Options{}, err
		}
		if len(found) > 0 {
			o.Sources = append(o.Sources, Source{Path: glob, Weight: 1})
		}
	}
	if len(o.Sources) == 0 {
		o.Sources = []Source{{Path: elsewhere[0], Weight: 1}}
	}
	return o, nil
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

// tagName makes the name of Ollama tags of a folder's; empty where nothing of it
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
