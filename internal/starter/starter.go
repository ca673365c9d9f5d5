// Package starter holds the files that a repository begins with: in go a template,
// the name, the base model and the record files, out come tunegate.yaml, suites,
// sanity prompts, a tutor's make targets and workflows, written where there is
// nothing yet.
package starter

// ConfigFile is the one file that depends on the Options.
const ConfigFile = "tunegate.yaml"

// DefaultBase is a base model's folder as many machines have it; a config that
// names no folder says nothing.
const DefaultBase = "/models/Qwen2.5-7B-Instruct"

// Options is what a repository says about itself.
type Options struct {
	Name      string
	BaseModel string
	Sources   []Source
}

// Source names record files: a path or a glob from the top of the repository,
// and how often their rows are written.
type Source struct {
	Path   string
	Weight int
}

// File is one file to write, its path slash separated from the top.
type File struct {
	Path string
	Data []byte
}
