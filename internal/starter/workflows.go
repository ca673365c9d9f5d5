package starter

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/.github/examples"
)

// WorkflowsFolder is where GitHub looks for a repository's workflows.
const WorkflowsFolder = ".github/workflows"

// examplesAction is the examples' placeholder for the action that a repository chooses.
const examplesAction = "OWNER/NAME@REF"

// Workflows returns the example workflows of these names, such as gpu, in the order
// of their paths, with the action that they use in place of the examples'. An
// unknown name or an action that CheckAction refuses is an error.
func Workflows(names []string, action string) ([]File, error) {
	if err := CheckAction(action); err != nil {
		return nil, err
	}
	known, err := fs.Glob(examples.Files, "*.yml")
	if err != nil {
		return nil, err
	}
	var files []File
	var all []string
	for _, example := range known {
		name := strings.TrimSuffix(path.Base(example), ".yml")
		all = append(all, name)
		if !slices.Contains(names, name) {
			continue
		}
		data, err := examples.Files.ReadFile(example)
		if err != nil {
			return nil, err
		}
		data = bytes.ReplaceAll(data, []byte(examplesAction), []byte(action))
		files = append(files, File{Path: path.Join(WorkflowsFolder, path.Base(example)), Data: data})
	}
	for _, name := range names {
		if !slices.Contains(all, name) {
			return nil, fmt.Errorf("no workflow %q (hint: choose one of %s, or none)", name, strings.Join(all, ", "))
		}
	}
	return files, nil
}
