package internal

import (
	"cmp"
	"fmt"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// architecture is the paper that draws the house.
const architecture = "../docs/architecture.md"

// imports are the packages that each package imports, by their names in layers.
func imports(t *testing.T) map[string]map[string]bool {
	t.Helper()
	found := make(map[string]map[string]bool)
	eachGoFile(t, func(path string) {
		if strings.HasSuffix(path, "_test.go") || strings.HasSuffix(filepath.Base(filepath.Dir(path)), "test") {
			return
		}
		from := folder(path)
		if found[from] == nil {
			found[from] = make(map[string]bool)
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", path), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if inside, ours := strings.CutPrefix(imported, module); ours && folder(inside) != from && folder(inside) != ".github" {
				found[from][folder(inside)] = true
			}
		}
	})
	return found
}

// reduced leaves out the imports that another import brings along, so that few
// arrows show the whole order.
func reduced(all map[string]map[string]bool) map[string][]string {
	reach := make(map[string]map[string]bool)
	var visit func(string) map[string]bool
	visit = func(name string) map[string]bool {
		if reach[name] != nil {
			return reach[name]
		}
		below := make(map[string]bool)
		reach[name] = below
		for imported := range all[name] {
			below[imported] = true
			maps.Copy(below, visit(imported))
		}
		return below
	}
	arrows := make(map[string][]string)
	for name, imported := range all {
		for to := range imported {
			implied := false
			for via := range imported {
				implied = implied || via != to && visit(via)[to]
			}
			if !implied {
				arrows[name] = append(arrows[name], to)
			}
		}
	}
	return arrows
}

// drawing is the packages from the top down, each with an arrow to those beneath
// it that it imports.
func drawing(t *testing.T) string {
	t.Helper()
	arrows := reduced(imports(t))
	order := func(a, b string) int { return cmp.Or(cmp.Compare(layer(t, a), layer(t, b)), cmp.Compare(a, b)) }
	width := 0
	for name := range arrows {
		width = max(width, len(name))
	}
	var out strings.Builder
	last := 0
	for _, name := range slices.SortedFunc(maps.Keys(arrows), order) {
		if at := layer(t, name); at != last {
			out.WriteString("\n")
			last = at
		}
		fmt.Fprintf(&out, "%-*s --> %s\n", width, name, strings.Join(slices.SortedFunc(slices.Values(arrows[name]), order), ", "))
	}
	return out.String()
}

// TestArchitectureIsDrawnAsItIs holds the drawing in docs/architecture.md against
// the imports. With UPDATE_ARCHITECTURE=1 it draws it anew.
func TestArchitectureIsDrawnAsItIs(t *testing.T) {
	t.Parallel()
	const begin, end = "<!-- packages -->\n```text\n", "```\n<!-- /packages -->"
	data, err := os.ReadFile(architecture)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, opened := strings.Cut(string(data), begin)
	drawn, after, closed := strings.Cut(rest, end)
	if !opened || !closed {
		t.Fatalf("%s has no drawing between %q and %q", architecture, begin, end)
	}
	want := drawing(t)
	if drawn == want {
		return
	}
	if os.Getenv("UPDATE_ARCHITECTURE") == "" {
		t.Fatalf("%s draws another house (hint: UPDATE_ARCHITECTURE=1 go test ./internal -run Architecture); it is\n%s", architecture, want)
	}
	if err := os.WriteFile(architecture, []byte(before+begin+want+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestPackagesStaySmall: without their tests.
func TestPackagesStaySmall(t *testing.T) {
	t.Parallel()
	const most = 2500
	lines := make(map[string]int)
	eachGoFile(t, func(path string) {
		if !strings.HasSuffix(path, "_test.go") {
			lines[filepath.Dir(path)] += countLines(t, path)
		}
	})
	for dir, count := range lines {
		if count > most {
			t.Errorf("%s has %d lines, the limit is %d", dir, count, most)
		}
	}
}

// TestArchitectureNamesWhatIsThere: every path of the repository that the paper
// names in backticks exists.
func TestArchitectureNamesWhatIsThere(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(architecture)
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for i, part := range strings.Split(string(data), "`") {
		if i%2 == 0 || !strings.HasPrefix(part, "internal/") && !strings.HasPrefix(part, "cmd/") && !strings.HasPrefix(part, "docs/") {
			continue
		}
		named++
		if found, err := filepath.Glob(filepath.Join("..", filepath.FromSlash(part))); err != nil || found == nil {
			t.Errorf("%s names %s, which is not there (%v)", architecture, part, err)
		}
	}
	if named == 0 {
		t.Error("no path was checked")
	}
}
