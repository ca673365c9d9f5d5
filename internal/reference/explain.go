package reference

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/strictyaml"
)

// Explain is what help says, in lines of at most so many characters: all keys where
// nothing is asked for, else about the key of that path, or of that end of a path, whose
// names may be apart. It is an error where there is none, or where there are several.
func (f Format) Explain(asked []string, width int) (string, error) {
	if len(asked) == 0 {
		return f.Help(width) + "\n`tunegate help " + f.Topic + " KEY` shows type and example of a key, or of a section.\n", nil
	}
	key := strings.Join(asked, ".")
	paths := f.Lookup(key)
	if len(paths) == 1 {
		return HelpOf(f.Find(paths[0]), width), nil
	}
	if len(paths) > 1 {
		return "", fmt.Errorf("several keys end in %.60q (hint: choose one of %s)", key, strings.Join(paths, ", "))
	}
	if slices.Contains(f.Planned, nameOf(key)) {
		return "", fmt.Errorf("%s: key %q is not built yet (hint: `tunegate help %s` lists those that are)", f.Topic, key, f.Topic)
	}
	hint := "`tunegate help " + f.Topic + "` lists them all"
	if near := f.near(key); near != nil {
		hint = "did you mean `" + strings.Join(near, "` or `") + "`? " + hint
	}
	return "", fmt.Errorf("%s: no key %.60q (hint: %s)", f.Topic, key, hint)
}

// maxNear bounds the keys that may have been meant.
const maxNear = 4

// near gives the keys that a path which is none may mean: of its section, else of any,
// those of its name, else of the name that is most like it.
func (f Format) near(path string) []string {
	names := make([]string, len(f.Keys))
	for i, k := range f.Keys {
		names[i] = nameOf(k.Path)
	}
	name := nameOf(path)
	found := f.Lookup(name)
	if found == nil {
		found = f.Lookup(strictyaml.Nearest(name, names))
	}
	section := strings.TrimSuffix(path, name)
	inside := slices.DeleteFunc(slices.Clone(found), func(key string) bool { return !strings.HasPrefix(key, section) })
	if len(inside) > 0 {
		found = inside
	}
	return found[:min(len(found), maxNear)]
}

// nameOf is a path's last name.
func nameOf(path string) string { return path[strings.LastIndex(path, ".")+1:] }
