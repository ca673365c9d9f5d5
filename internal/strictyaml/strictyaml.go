// Package strictyaml reads the YAML files that people write into a struct, and reports
// every mistake at once, each with file, line and a hint. Unknown keys, double keys, a
// second document and values of the wrong type are mistakes.
package strictyaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strings"

	"github.com/agnivade/levenshtein"
	"go.yaml.in/yaml/v4"
)

// Document is one parsed file.
type Document struct {
	path string
	data []byte
	root yaml.Node
}

// Parse reads the text of a file that holds one YAML document. The path is used
// in errors only. A file that is larger than 1 MiB, has more than 200,000 values or
// 1,000 keys in one mapping, or is nested deeper than 100 levels is a mistake.
func Parse(path string, data []byte) (*Document, error) {
	if len(data) > maxBytes {
		return nil, fmt.Errorf("%s: holds %d bytes, more than %d (hint: divide it)", path, len(data), maxBytes)
	}
	loader, err := yaml.NewLoader(bytes.NewReader(data), yaml.WithUniqueKeys())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	doc := &Document{path: path, data: data}
	var node yaml.Node
	if err := loader.Load(&node); errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: the file is empty", path)
	} else if err != nil {
		return nil, doc.translate(err, nil, nil)
	}
	var second yaml.Node
	if err := loader.Load(&second); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: holds a second document after ---; only one is read, so join or split them", path)
	}
	doc.root = node
	if node.Kind == yaml.DocumentNode && len(node.Content) == 1 {
		doc.root = *node.Content[0]
	}
	if err := (&measure{path: path}).take(&doc.root, 0); err != nil {
		return nil, err
	}
	return doc, nil
}

// Decode fills the struct that v points to. Planned names keys that belong to
// the format and that this version does not act on: they are refused in these words.
func (d *Document) Decode(v any, planned ...string) error {
	err := yaml.Load(d.data, v, yaml.WithKnownFields(), yaml.WithUniqueKeys())
	if err == nil {
		return nil
	}
	return d.translate(err, keysOf(reflect.TypeOf(v), map[reflect.Type]bool{}), planned)
}

// Errorf is an error about the value at a path of keys (string) and list
// positions (int), with the file and the line of the nearest part that exists.
func (d *Document) Errorf(at []any, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %w", d.path, d.Line(at...), fmt.Errorf(format, args...))
}

// Line is the 1-based line of the value at a path of keys and list positions,
// or of the nearest part of the path that exists.
func (d *Document) Line(at ...any) int {
	node := &d.root
	for _, step := range at {
		next := child(node, step)
		if next == nil {
			break
		}
		node = next
	}
	return max(1, node.Line)
}

func child(node *yaml.Node, step any) *yaml.Node {
	switch step := step.(type) {
	case string:
		if node.Kind != yaml.MappingNode {
			return nil
		}
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == step {
				return node.Content[i+1]
			}
		}
	case int:
		if node.Kind == yaml.SequenceNode && step < len(node.Content) {
			return node.Content[step]
		}
	}
	return nil
}

var unknownField = regexp.MustCompile(`^field (.+) not found in type `)

func (d *Document) translate(err error, known, planned []string) error {
	var several *yaml.LoadErrors
	var one *yaml.LoadError
	var mistakes []error
	switch {
	case errors.As(err, &several):
		for _, mistake := range several.Errors {
			mistakes = append(mistakes, d.mistake(mistake, known, planned))
		}
	case errors.As(err, &one):
		mistakes = append(mistakes, d.mistake(one, known, planned))
	default:
		mistakes = append(mistakes, fmt.Errorf("%s: %w", d.path, err))
	}
	return errors.Join(mistakes...)
}

func (d *Document) mistake(e *yaml.LoadError, known, planned []string) error {
	where := fmt.Sprintf("%s:%d:%d", d.path, e.Mark.Line, e.Mark.Column)
	if e.Mark.Line == 0 {
		where = d.path
	}
	match := unknownField.FindStringSubmatch(e.Message)
	if match == nil {
		return fmt.Errorf("%s: %s", where, e.Message)
	}
	key := match[1]
	for _, name := range planned {
		if name == key {
			return fmt.Errorf("%s: key %q is not built yet (hint: take it out; this version would ignore it)", where, key)
		}
	}
	if near := Nearest(key, append(known, planned...)); near != "" {
		return fmt.Errorf("%s: unknown key %q (did you mean %q?)", where, key, near)
	}
	return fmt.Errorf("%s: unknown key %q (hint: take it out)", where, key)
}

// Nearest is the entry of known that a misspelt word most likely meant, or "".
func Nearest(word string, known []string) string {
	best, distance := "", len(word)/2+1
	for _, name := range known {
		if d := levenshtein.ComputeDistance(strings.ToLower(word), name); d < distance {
			best, distance = name, d
		}
	}
	return best
}

func keysOf(t reflect.Type, seen map[reflect.Type]bool) []string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || seen[t] {
		return nil
	}
	seen[t] = true
	var keys []string
	for field := range t.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		if name != "" && name != "-" {
			keys = append(keys, name)
		}
		keys = append(keys, keysOf(field.Type, seen)...)
	}
	return keys
}
