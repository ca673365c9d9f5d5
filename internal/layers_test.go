package internal

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// layers is the order of the packages: one imports only those to its right. The
// packages of one entry, apart from the leaves, do not import each other.
var layers = [][]string{
	{"cmd"},
	{"publish"},
	{"promote", "doctor", "clean"},
	{"github", "actions"}, // of no concern to what judges
	{"pipeline"},
	{"forecast"},
	{"steps"},
	{"plan"},
	{"attribution"},
	{"runs"},
	{"machine", "starter"},
	{"config"},
	{"report/comment", "report/page", "report/card", "report/provenance", "report/terminal"},
	{"report"},
	{"gate"},
	{"eval"},
	{"register"},
	{"export"},
	{"train"},
	{"dataset"},
	{"suite"},
	{"assertion"},
	{"maths"},
	{"python", "ollama", "llamacpp", "ledger", "step"},
	{"playbook", "tutor", "engine", "baselock"},
	{"base", "reference", "records"},
	{"chat", "gguf", "stats", "store", "proc", "repo", "place", "strictyaml", "markdown", ".github"},
	{"text", "protocol", "filelock", "check", "rawjson", "bounded"},
}

const module = "github.com/tunegate/tunegate/"

// folder is the package's name in layers, from the path of the package, or of a
// file of it, in the module. A package below another that has no place of its own,
// such as one for its tests, is part of that.
func folder(path string) string {
	parts := strings.Split(strings.TrimSuffix(path, ".go"), "/")
	if parts[0] != "internal" || len(parts) < 2 {
		return parts[0]
	}
	if len(parts) > 2 && slices.ContainsFunc(layers, func(names []string) bool { return slices.Contains(names, parts[1]+"/"+parts[2]) }) {
		return parts[1] + "/" + parts[2]
	}
	return parts[1]
}

func TestFolder(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"internal/report": "report", "internal/report/report.go": "report", "internal/report/comment": "report/comment", "internal/report/comment/sticky.go": "report/comment",
		"internal/report/reporttest/tutor.go": "report", "internal/python/pythontest": "python", "cmd/tunegate/main.go": "cmd", ".github": ".github",
	} {
		if got := folder(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

func layer(t *testing.T, name string) int {
	t.Helper()
	for i, names := range layers {
		if slices.Contains(names, name) {
			return i
		}
	}
	t.Errorf("package %s has no place in the layers", name)
	return -1
}

func TestImportsRunOneWay(t *testing.T) {
	t.Parallel()
	checked := 0
	eachGoFile(t, func(path string) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", path), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		from := folder(path)
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			inside, ours := strings.CutPrefix(imported, module)
			to := folder(inside)
			if !ours || to == from {
				continue
			}
			checked++
			if layer(t, from) >= layer(t, to) {
				t.Errorf("%s imports %s, which is not below it", path, imported)
			}
		}
	})
	if checked == 0 {
		t.Error("no import was checked")
	}
}

func TestFilesStaySmall(t *testing.T) {
	t.Parallel()
	eachGoFile(t, func(path string) {
		limit := 400
		if path == "cmd/tunegate/main.go" {
			limit = 50
		}
		if lines := countLines(t, path); lines >= limit {
			t.Errorf("%s has %d lines, the limit is %d", path, lines, limit)
		}
	})
}

func eachGoFile(t *testing.T, visit func(path string)) {
	t.Helper()
	for _, top := range []string{"cmd", "internal"} {
		err := filepath.WalkDir(filepath.Join("..", top), func(path string, entry fs.DirEntry, err error) error {
			if err == nil && strings.HasSuffix(path, ".go") {
				visit(strings.TrimPrefix(filepath.ToSlash(path), "../"))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func countLines(t *testing.T, path string) int {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", path))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(data), "\n")
}
