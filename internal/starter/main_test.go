package starter

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/tunegate/tunegate/internal/proc/proctest"
	"github.com/tunegate/tunegate/internal/suite"
)

func TestMain(m *testing.M) { proctest.Main(m) }

// content returns the template's files by their paths.
func content(t *testing.T, template Template, o Options) map[string][]byte {
	t.Helper()
	files, err := Files(template, o)
	if err != nil {
		t.Fatal(err)
	}
	byPath := map[string][]byte{}
	for _, file := range files {
		byPath[file.Path] = file.Data
	}
	return byPath
}

// suites reads the template's suites, in the order of their paths.
func suites(t *testing.T, template Template) []suite.Suite {
	t.Helper()
	files, err := Files(template, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var all []suite.Suite
	for _, file := range files {
		if strings.HasSuffix(file.Path, ".suite.yaml") {
			parsed, err := suite.Reader{}.Suite(file.Path, file.Data)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, parsed)
		}
	}
	return all
}

// last is the question that a case is graded by, and lastEarlier the replayed
// answer before it.
func last(c suite.Case) suite.Turn { return c.Turns[len(c.Turns)-1] }

func lastEarlier(c suite.Case) string {
	if len(c.Turns) < 2 {
		return ""
	}
	return c.Turns[len(c.Turns)-2].Assistant
}

// ofTestdata reads a YAML file of testdata.
func ofTestdata[T any](t *testing.T, name string) T {
	t.Helper()
	var value T
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err == nil {
		err = yaml.Load(data, &value)
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return value
}
