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
	"strings"

	"github.com/agnivade/levenshtein"
	"go.yaml.in/yaml/v4"
)

// Document is one parsed file.
type Document struct {
	// Topic of `tunegate help` that explains the keys; empty: there is none.
	Topic string

	path string
	data []byte
	root yaml.Node
}

// Parse reads the text of a file that holds one YAML document. The path is used
// in errors only. A file that is larger than 1 MiB, has more than 200,000 values or
// 1,000 keys in one mapping, or is nested deeper than 100 levels is a mistake.
func Parse(path string, data []byte) (*Document, error) {
	if len(data) > maxBytes {
		return nil, fmt.Errorf("%s: holds %d bytes, more than %d (hint: split it)", path, len(data), maxBytes)
	}
	loader, err := yaml.NewLoader(bytes.NewReader(data), yaml.WithUniqueKeys())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	doc := &Document{path: path, data: data}
	var node yaml.Node
	if err := loader.Load(&node); errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: the file is empty (hint: write its keys, or remove it)", path)
	} else if err != nil {
		return nil, doc.translate(err, nil, nil)
	}
	var second yaml.Node
	if err := loader.Load(&second); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: holds a second document after --- (hint: put each into a file of its own)", path)
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
// positions (int), with the file and the line of the nearest part that exists. One
// without a hint names the help on the key, if the document has a topic.
func (d *Document) Errorf(at []any, format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	if d.Topic != "" && !strings.Contains(err.Error(), "(hint: ") {
		err = fmt.Errorf("%w (hint: %s)", err, d.help(Key(at...)))
	}
	return fmt.Errorf("%s:%d: %w", d.path, d.Line(at...), err)
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
