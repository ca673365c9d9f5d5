package starter

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"text/template"
)

// Template names a set of starter files: a folder below files.
type Template string

// Tutor is a maths tutor that keeps the playbook's record files and make targets;
// Generic is any other model that chats.
const (
	Tutor   Template = "tutor"
	Generic Template = "generic"
)

// Templates lists all templates.
func Templates() []Template { return []Template{Generic, Tutor} }

// head is the part of ConfigFile that all templates share.
const head = "head.yaml"

//go:embed files
var embedded embed.FS

// Files returns the template's files, in the order of their paths but for the
// config, which is the last: if it exists, a repository is already set up. A template
// that does not exist is an error.
func Files(t Template, o Options) ([]File, error) {
	if !slices.Contains(Templates(), t) {
		return nil, fmt.Errorf("no template %q (hint: choose one of %v)", t, Templates())
	}
	folder := path.Join("files", string(t))
	var files []File
	err := fs.WalkDir(embedded, folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		file := File{Path: strings.TrimPrefix(name, folder+"/")}
		if file.Path == ConfigFile {
			return nil
		}
		file.Data, err = embedded.ReadFile(name)
		files = append(files, file)
		return err
	})
	if err != nil {
		return nil, err
	}
	// The user's choices, which may give an invalid config, change no figure.
	sample, err := renderConfig(folder, Options{Name: "sample", BaseModel: DefaultBase, Sources: []Source{{Path: "data/*.json", Weight: 1}}}, Figures{})
	if err != nil {
		return nil, err
	}
	f, err := figures(sample, files)
	if err != nil {
		return nil, err
	}
	config, err := renderConfig(folder, o, f)
	return append(files, File{Path: ConfigFile, Data: config}), err
}

func renderConfig(folder string, o Options, f Figures) ([]byte, error) {
	config, err := template.New(ConfigFile).Funcs(template.FuncMap{"quote": quote}).
		ParseFS(embedded, path.Join("files", head), path.Join(folder, ConfigFile))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := config.Execute(&out, struct {
		Options
		Figures
	}{o, f}); err != nil {
		return nil, fmt.Errorf("%s: %w", ConfigFile, err)
	}
	return out.Bytes(), nil
}

// quote makes a YAML scalar of any text: a JSON string is one.
func quote(s string) (string, error) {
	data, err := json.Marshal(s)
	return string(data), err
}
