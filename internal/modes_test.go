package internal

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// ordinary are the files whose code writes into the user's repository, with the
// modes that other files there have.
var ordinary = map[string]bool{
	"../cmd/tunegate/dataset.go": true, // the playbook's files
	"starter/write.go":           true, // what init writes
	"runs/copy.go":               true, // .tunegate
	"pipeline/relock.go":         true, // the base model's lock
}

// TestModes: whatever else is written is for this user alone.
func TestModes(t *testing.T) {
	t.Parallel()
	for _, root := range []string{".", "../cmd"} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
				strings.HasSuffix(filepath.Dir(path), "test") || ordinary[path] {
				return err
			}
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(node ast.Node) bool {
				if call, ok := node.(*ast.CallExpr); ok && writes(call) {
					t.Errorf("%s: it lets other users read what it writes", files.Position(call.Pos()))
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// writes says whether a call makes a file or a folder that others may read.
func writes(call *ast.CallExpr) bool {
	selected, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	switch selected.Sel.Name {
	case "Create", "CopyFS":
		of, isPackage := selected.X.(*ast.Ident)
		return isPackage && of.Name == "os"
	case "Mkdir", "MkdirAll", "WriteFile", "OpenFile", "Chmod":
	default:
		return false
	}
	for _, argument := range call.Args {
		literal, ok := argument.(*ast.BasicLit)
		if !ok || !strings.HasPrefix(literal.Value, "0o") {
			continue
		}
		if mode, err := strconv.ParseUint(literal.Value, 0, 32); err == nil && mode&0o077 != 0 {
			return true
		}
	}
	return false
}
