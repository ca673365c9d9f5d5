package referencetest

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/markdown"
	"github.com/tunegate/tunegate/internal/reference"
)

// Keys are the paths of the keys that a parser takes, from the YAML tags of the struct
// that it fills. A name that people choose is an asterisk.
func Keys(file reflect.Type) []string { return keys(file, "") }

func keys(of reflect.Type, path string) (found []string) {
	for {
		switch of.Kind() {
		case reflect.Pointer:
			of = of.Elem()
			continue
		case reflect.Slice:
			of, path = of.Elem(), path+"[]"
			continue
		case reflect.Map:
			return append([]string{path + ".*"}, keys(of.Elem(), path+".*")...)
		case reflect.Struct:
			for field := range of.Fields() {
				name, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
				if name == "" {
					continue
				}
				key := strings.TrimPrefix(path+"."+name, ".")
				found = append(append(found, key), keys(field.Type, key)...)
			}
		}
		return found
	}
}

// CheckKeys fails the test where the format has other keys than the parser. The
// sections in which people choose the names are named.
func CheckKeys(t *testing.T, f reference.Format, parsed []string, chosen ...string) {
	t.Helper()
	described := make(map[string]bool)
	for _, path := range f.Paths() {
		for _, section := range chosen {
			if rest, inside := strings.CutPrefix(path, section+"."); inside {
				_, below, nested := strings.Cut(rest, ".")
				path = section + ".*"
				if nested {
					path += "." + below
				}
			}
		}
		described[path] = true
	}
	for path := range described {
		if !slices.Contains(parsed, path) {
			t.Errorf("%s: the parser knows no %s, which the reference describes (hint: remove it from the table of keys)", f.Name, path)
		}
	}
	for _, path := range parsed {
		if !described[path] {
			t.Errorf("%s: the reference lacks %s, which the parser takes (hint: add it to the table of keys)", f.Name, path)
		}
	}
}

// Page is the reference of a format in Markdown: a table for each section, with an
// example of it.
func Page(f reference.Format) string {
	var out strings.Builder
	for i, s := range f.Sections() {
		name, about, listed := "Top of the file", f.About, s.Keys
		if s.Name != "" {
			name, about, listed = "`"+s.Name+"`", s.Key.About, append([]reference.Key{s.Key}, s.Keys...)
		}
		if i > 0 {
			out.WriteString("\n")
		}
		out.WriteString("## " + name + "\n\n" + about + "\n\n")
		out.WriteString(KeyTable(s.Keys))
		out.WriteString("\n```yaml\n" + reference.Example(listed) + "```\n")
	}
	return out.String() + Footnote
}

// KeyTable is a table of keys in Markdown. A key that is newer than the first release
// has its version behind its meaning; Footnote says so.
func KeyTable(keys []reference.Key) string {
	var rows [][]string
	for _, k := range keys {
		about := k.About
		if about == "" {
			continue
		}
		if k.Introduced() != reference.FirstRelease {
			about += " Since " + k.Introduced() + "."
		}
		rows = append(rows, []string{"`" + k.Path + "`", k.Type.Words, shown(k), about})
	}
	return Table([]string{"key", "type", "default", "meaning"}, rows)
}

// Footnote goes below the tables of a page.
const Footnote = "\nKeys exist since " + reference.FirstRelease + ", unless the table names a later version.\n"

// shown is the key's default; a value is code.
func shown(k reference.Key) string {
	_, words := k.Default.(reference.Says)
	if k.Default == nil || words {
		return k.Defaults()
	}
	return markdown.Span(k.Defaults(), 200)
}
