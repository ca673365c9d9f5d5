// Package starter writes the first files of a repository from a template:
// tunegate.yaml, suites, sanity prompts, a tutor's make targets and workflows. Existing
// files are kept.
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
	Context   int // tokens that the base model was made for; 0: not known
	Sources   []Source
}

// What a config asks of a base model whose context is large enough, in tokens.
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
