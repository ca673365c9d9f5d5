package strictyaml

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// What the YAML library says of a value, in its own words.
var (
	unknownField = regexp.MustCompile(`^field (.+) not found in type `)
	wrongType    = regexp.MustCompile("(?s)^cannot construct \\S+(?: `(.*)`)? into (.+)$")
	doubleKey    = regexp.MustCompile(`^mapping key (.+) already defined at line (\d+)`)
)

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
		mistakes = append(mistakes, d.invalid(d.path, err.Error()))
	}
	return errors.Join(mistakes...)
}

func (d *Document) mistake(e *yaml.LoadError, known, planned []string) error {
	where := fmt.Sprintf("%s:%d:%d", d.path, e.Mark.Line, e.Mark.Column)
	if e.Mark.Line == 0 {
		where = d.path
	}
	if match := unknownField.FindStringSubmatch(e.Message); match != nil {
		return d.unknown(where, match[1], known, planned)
	}
	if match := wrongType.FindStringSubmatch(e.Message); match != nil {
		return d.wrong(where, keyAt(&d.root, e.Mark.Line, e.Mark.Column), match[1], match[2])
	}
	if match := doubleKey.FindStringSubmatch(e.Message); match != nil {
		return fmt.Errorf("%s: key %s is also on line %s (hint: keep one of them)", where, match[1], match[2])
	}
	return d.invalid(where, e.Message)
}

// invalid is about a text that is no YAML.
func (d *Document) invalid(where, said string) error {
	return fmt.Errorf("%s: not valid YAML: %s (hint: indent with spaces, close every bracket and quote, and quote a text that holds `: ` or ` #`)", where, strings.TrimPrefix(said, "yaml: "))
}

func (d *Document) unknown(where, key string, known, planned []string) error {
	for _, name := range planned {
		if name == key {
			return fmt.Errorf("%s: key %q is not built yet (hint: remove it; this version would ignore it)", where, key)
		}
	}
	hint := "remove it"
	if near := Nearest(key, append(known, planned...)); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	} else if d.Topic != "" {
		hint += "; " + d.help("") + " lists all keys"
	}
	return fmt.Errorf("%s: unknown key %q (hint: %s)", where, key, hint)
}

// wrong is about a value that does not fit into the Go type of a name.
func (d *Document) wrong(where, key, value, goType string) error {
	want, hint := inWords(goType)
	what := "the file"
	if key != "" {
		what = "`" + key + "`"
	}
	if value != "" {
		want += fmt.Sprintf(", not %q", value)
	}
	if d.Topic != "" && key != "" {
		hint += "; " + d.help(key)
	}
	return fmt.Errorf("%s: %s must be %s (hint: %s)", where, what, want, hint)
}

// inWords names what a Go type holds, and shows how it is written.
func inWords(goType string) (want, example string) {
	switch goType = strings.TrimLeft(goType, "*"); {
	case strings.HasPrefix(goType, "float"):
		return "a number", "such as 0.5"
	case strings.HasPrefix(goType, "uint"):
		return "an integer, at least 0", "such as 4"
	case strings.HasPrefix(goType, "int") && !strings.HasPrefix(goType, "interface"):
		return "an integer", "such as 4"
	case goType == "bool":
		return "true or false", "write one of the two, without quotes"
	case goType == "string":
		return "a text", "write one value, not a list or keys"
	case strings.HasPrefix(goType, "[]"):
		return "a list", "write it as [A, B], or each item on a line that begins with `- `"
	default:
		return "a mapping", "write each as `key: value`, indented below"
	}
}

// help is the command that explains a key; of an empty one, all keys.
func (d *Document) help(key string) string {
	return strings.TrimSuffix("`tunegate help "+d.Topic+" "+key, " ") + "`"
}

// Key joins a path of keys by dots and leaves list positions out, as in
// dataset.sources.path, which `tunegate help` takes.
func Key(at ...any) string {
	var keys []string
	for _, step := range at {
		if key, named := step.(string); named {
			keys = append(keys, key)
		}
	}
	return strings.Join(keys, ".")
}

// keyAt is the key of the value that begins at a line and column; empty for the file
// itself, and where there is none.
func keyAt(node *yaml.Node, line, column int) string {
	at, _ := pathTo(node, line, column)
	return Key(at...)
}

func pathTo(node *yaml.Node, line, column int) (at []any, found bool) {
	if node.Line == line && node.Column == column && node.Kind != yaml.MappingNode {
		return nil, true
	}
	for i, child := range node.Content {
		var step any = i
		if node.Kind == yaml.MappingNode {
			if i%2 == 0 {
				continue
			}
			step = node.Content[i-1].Value
		}
		if rest, found := pathTo(child, line, column); found {
			return append([]any{step}, rest...), true
		}
	}
	return nil, node.Line == line && node.Column == column
}
