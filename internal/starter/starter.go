// Package starter holds the files that a repository begins with: in go the name,
// the base model and the record files, out come tunegate.yaml, suites for a maths
// tutor, sanity prompts, the playbook's make targets and workflows, written where
// there is nothing yet.
package starter

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"text/template"
)

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

//go:embed files
var embedded embed.FS

// Files gives all files but the workflows, in the order of their paths.
func Files(o Options) ([]File, error) {
	var files []File
	err := fs.WalkDir(embedded, "files", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		file := File{Path: strings.TrimPrefix(path, "files/")}
		if file.Data, err = embedded.ReadFile(path); err != nil {
			return err
		}
		if file.Path == ConfigFile {
			file.Data, err = render(file.Data, o)
		}
		files = append(files, file)
		return err
	})
	return files, err
}

func render(text []byte, o Options) ([]byte, error) {
	config, err := template.New(ConfigFile).Funcs(template.FuncMap{"quote": quote}).Parse(string(text))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := config.Execute(&out, o); err != nil {
		return nil, fmt.Errorf("%s: %w", ConfigFile, err)
	}
	return out.Bytes(), nil
}

// quote makes a YAML scalar of any text: a JSON string is one.
func quote(s string) (string, error) {
	data, err := json.Marshal(s)
	return string(data), err
}
