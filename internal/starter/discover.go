package starter

import (
	"io/fs"
	"path"
	"regexp"
	"strings"
)

// Where records are looked for. The playbook's merged file repeats the others,
// and its follow-ups count twice.
const (
	playbookRecords = "backend/data/raw_tuning_records*.json"
	playbookName    = "euclid-math"
	mergedRecords   = "raw_tuning_records.merged.json"
	followUps       = ".followup."
	followUpWeight  = 2
)

// elsewhere are the globs of other repositories; the first is the default.
var elsewhere = []string{"data/*.json", "data/*.jsonl"}

// Discover proposes options for the repository whose working tree is top and
// whose folder has the name: the playbook's record files one by one where there
// are any, else the globs under data/ that match something, else data/*.json,
// which then matches nothing yet.
func Discover(top fs.FS, folder string) (Options, error) {
	o := Options{Name: tagName(folder), BaseModel: DefaultBase}
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
			o.Name = playbookName
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

// tagName makes the name of Ollama tags of a folder's.
func tagName(folder string) string {
	name := strings.TrimLeft(notInTags.ReplaceAllString(strings.ToLower(folder), "-"), "._-")
	name = strings.TrimRight(name[:min(len(name), 40)], "._-")
	if name == "" {
		return "tutor"
	}
	return name
}
