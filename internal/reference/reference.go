// Package reference describes the YAML files that people write. From a table of a
// file's keys it makes the help in a terminal, an example of the whole file, and the
// JSON Schema that an editor checks it by.
package reference

import (
	"slices"
	"strings"
)

// FirstRelease is the version since which there is a key that names no other.
const FirstRelease = "0.1.0"

// Format is a kind of file.
type Format struct {
	Name  string // the file's
	Topic string // of `tunegate help`
	About string // a sentence
	// Keys are in the order in which people write them: a section stands before the
	// keys in it.
	Keys []Key
	// Planned are names of keys of the format that this version does not act on.
	Planned []string
	// Values explains the values of a key below the list of keys; empty: nothing.
	Values string
	// Definitions are the schemas to which types refer.
	Definitions map[string]Type
}

// Key is one key of a file.
type Key struct {
	// Path joins the names from the top by dots. [] stands for each item of a list,
	// as in dataset.sources[].path.
	Path string
	Type Type
	// Default is the value that counts where the key is absent, a [Says] where that is
	// no value of this key, or nil where there is none.
	Default any
	// Required: its section is a mistake without it.
	Required bool
	About    string // a sentence; empty for a section whose keys say enough
	Example  any    // of its values; nil for a section
	Since    string // a version; empty: FirstRelease
}

// Says is a default in words.
type Says string

// Find gives the key and those in it, which are none where there is no such key.
func (f Format) Find(path string) []Key {
	var found []Key
	for _, k := range f.Keys {
		if k.Path == path || len(found) > 0 && k.within(path) {
			found = append(found, k)
		}
	}
	return found
}

// Lookup gives the paths of the keys that somebody may mean: the one that has the path,
// without the brackets of lists if need be, else all that end so.
func (f Format) Lookup(words string) (paths []string) {
	plain := strings.NewReplacer("[]", "").Replace
	for _, path := range f.Paths() {
		if plain(path) == plain(words) {
			return []string{path}
		}
		if strings.HasSuffix(plain(path), "."+plain(words)) {
			paths = append(paths, path)
		}
	}
	return paths
}

// Paths are those of all keys, in their order.
func (f Format) Paths() []string {
	paths := make([]string, len(f.Keys))
	for i, k := range f.Keys {
		paths[i] = k.Path
	}
	return paths
}

// Sections are the keys by the sections of the file: those that stand in none come
// first, under an empty name, and a section's own key opens it.
func (f Format) Sections() []Section {
	sections := []Section{{}}
	for _, k := range f.Keys {
		name, _, nested := strings.Cut(k.Path, ".")
		switch {
		case nested:
			at := slices.IndexFunc(sections, func(s Section) bool { return s.Name == strings.TrimSuffix(name, "[]") })
			sections[at].Keys = append(sections[at].Keys, k)
		case k.Type.holds():
			sections = append(sections, Section{Name: name, Key: k})
		default:
			sections[0].Keys = append(sections[0].Keys, k)
		}
	}
	return sections
}

// Section is a part of a file.
type Section struct {
	Name string
	Key  Key   // the section's own
	Keys []Key // those in it, at any depth
}

// Introduced is the version since which there is the key.
func (k Key) Introduced() string {
	if k.Since == "" {
		return FirstRelease
	}
	return k.Since
}

// within says whether the key stands in the section of a path.
func (k Key) within(section string) bool {
	rest, inside := strings.CutPrefix(k.Path, section)
	return inside && (strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, "[]."))
}

// split gives the path of the section that holds the key, and the key's own name.
func (k Key) split() (section, name string) {
	at := strings.LastIndex(k.Path, ".")
	return k.Path[:max(at, 0)], k.Path[at+1:]
}
