package internal

import (
	"go/doc"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// formula is how package comments once said what a package takes and gives.
var formula = regexp.MustCompile(`(?i)\bin goe?s?\b|\bout comes?\b`)

// What `go doc` shows of a package is one comment whose first sentence can stand in a list.
func TestPackageComments(t *testing.T) {
	t.Parallel()
	comments := make(map[string][]string)
	eachGoFile(t, func(path string) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", path), nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		folder := filepath.Dir(path)
		comments[folder] = append(comments[folder], strings.TrimSpace(file.Doc.Text()))
	})
	for folder, all := range comments {
		comment := strings.TrimSpace(strings.Join(all, "\n"))
		first := new(doc.Package).Synopsis(comment)
		named := slices.ContainsFunc(all, func(text string) bool {
			return strings.HasPrefix(text, "Package ") || strings.HasPrefix(text, "Command ")
		})
		if !named || len(first) == 0 || len(first) > 240 || formula.MatchString(comment) {
			t.Errorf("%s: its comment begins %q, in %d characters", folder, first, len(first))
		}
	}
}
