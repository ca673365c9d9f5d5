// Package starter writes the first files of a repository from a template:
// tunegate.yaml, suites, sanity prompts, a tutor's make targets and workflows. Existing
// files are kept.
package starter

// ConfigFile is the one file that depends on the Options.
const ConfigFile = "tunegate.yaml"

// DefaultBase is a base model's usual folder, if a config does
// not name one.
const DefaultBase = "/models/Qwen2.5-7B-Instruct"

// Options are the values that a repository's config is made with.
type Options struct {
	Name      string
	BaseModel string
	Context   int // tokens that the base model was made for; 0: not known
	Sources   []Source
}

// The defaults of a config if the base model's context is large enough, in tokens.
const (
	usualNumCtx     = 4096
	usualNumPredict = 1024
)

// NumCtx is the context to serve with, in tokens: no more than the base model has.
func (o Options) NumCtx() int {
	if o.Context == 0 {
		return usualNumCtx
	}
	return min(usualNumCtx, o.Context)
}

// NumPredict is the longest answer, in tokens: with a small context half of that, since
// the other half is for the prompt.
func (o Options) NumPredict() int { return min(usualNumPredict, o.NumCtx()/2) }

// Source names record files: a path or a glob from the top of the repository,
// how often their rows are written, and whether it may match no file.
type Source struct {
	Path     string
	Weight   int
	Optional bool
}

// File is one file to write, its path slash separated from the top.
type File struct {
	Path string
	Data []byte
}
