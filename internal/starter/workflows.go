package starter

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/.github/examples"
)

// WorkflowsFolder is where GitHub looks for a repository's workflows.
const WorkflowsFolder = ".github/workflows"

// Workflows gives the example workflows of these names, such as gpu, in the order
// of their paths.
func Workflows(names []string) ([]File, error) {
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
		files = append(files, File{Path: path.Join(WorkflowsFolder, path.Base(example)), Data: data})
	}
	for _, name := range names {
		if !slices.Contains(all, name) {
			return nil, fmt.Errorf("no workflow %q (known: %s; or none)", name, strings.Join(all, ", "))
		}
	}
	return files, nil
}
