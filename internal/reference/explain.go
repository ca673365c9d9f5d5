package reference

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/strictyaml"
)

// Explain is what help says, in lines of at most so many characters: all keys where
// nothing is asked for, else about the key of that path, or of that end of a path. It
// is an error where there is none, or where there are several.
func (f Format) Explain(asked []string, width int) (string, error) {
	switch len(asked) {
	case 0:
		return f.Help(width) + "\n`tunegate help " + f.Topic + " KEY` shows type and example of a key, or of a section.\n", nil
	case 1:
	default:
		return "", fmt.Errorf("help on one key at a time (hint: `tunegate help %s %s`)", f.Topic, asked[0])
	}
	paths := f.Lookup(asked[0])
	if len(paths) == 1 {
		return HelpOf(f.Find(paths[0]), width), nil
	}
	if len(paths) > 1 {
		return "", fmt.Errorf("several keys end in %.60q (hint: choose one of %s)", asked[0], strings.Join(paths, ", "))
	}
	if slices.Contains(f.Planned, asked[0][strings.LastIndex(asked[0], ".")+1:]) {
		return "", fmt.Errorf("%s: key %q is not built yet (hint: `tunegate help %s` lists those that are)", f.Topic, asked[0], f.Topic)
	}
	hint := "`tunegate help " + f.Topic + "` lists them all"
	if near := strictyaml.Nearest(asked[0], f.Paths()); near != "" {
		hint = "did you mean `" + near + "`? " + hint
	}
	return "", fmt.Errorf("%s: no key %.60q (hint: %s)", f.Topic, asked[0], hint)
}
