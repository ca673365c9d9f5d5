package suite

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/assertion"
	"github.com/tunegate/tunegate/internal/reference"
	"github.com/tunegate/tunegate/internal/reference/referencetest"
)

const (
	page   = "../../docs/suites.md"
	schema = "../../docs/schema/suite.schema.json"
)

// TestEveryKeyIsDescribed: but those that the parser knows only to say where they
// belong, and the fields of asserts.
func TestEveryKeyIsDescribed(t *testing.T) {
	t.Parallel()
	parsed := slices.DeleteFunc(referencetest.Keys(reflect.TypeFor[suiteFile]()), func(key string) bool {
		misplaced := strings.HasPrefix(key, "defaultTest.") && key != "defaultTest.assert"
		return misplaced || key == "tests[].assert" || strings.Contains(key, "assert[].")
	})
	referencetest.CheckKeys(t, Format(), parsed)
	fields := reference.Format{Name: "assert", Keys: []reference.Key{{Path: "type"}, {Path: "weight"}}}
	for _, kind := range assertion.Types() {
		fields.Keys = append(fields.Keys, kind.Takes...)
	}
	referencetest.CheckKeys(t, fields, referencetest.Keys(reflect.TypeFor[assertFile]()))
}

func TestPageHasEveryKeyAndNoOther(t *testing.T) {
	t.Parallel()
	keys := Format().Keys
	referencetest.CheckPart(t, page, "keys", referencetest.KeyTable(keys)+"\n```yaml\n"+reference.Example(keys)+"```\n"+referencetest.Footnote)
	names := Format().Paths()
	for _, kind := range assertion.Types() {
		names = append(names, kind.Name)
	}
	referencetest.CheckNames(t, page, names)
}

func TestSchemaIsPublished(t *testing.T) {
	t.Parallel()
	referencetest.CheckSchema(t, schema, Format())
}

func TestSchemaTakesSuites(t *testing.T) {
	t.Parallel()
	texts := map[string][]byte{"good": []byte(good), "example": []byte(reference.Example(Format().Keys))}
	for _, glob := range []string{"../../testdata/demo/repo/suites/*.suite.yaml", "../doctor/e2e/suites/*.suite.yaml", "testdata/*.suite.yaml"} {
		paths, err := filepath.Glob(filepath.FromSlash(glob))
		if err != nil || paths == nil {
			t.Fatalf("%s: %v, %v", glob, paths, err)
		}
		for _, path := range paths {
			if texts[path], err = os.ReadFile(path); err != nil {
				t.Fatal(err)
			}
		}
	}
	published := referencetest.Load(t, schema)
	for path, text := range texts {
		if err := published.Validate(text); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if _, err := (Reader{}).Suite(path, text); err != nil {
			t.Error(err)
		}
	}
}

func TestSchemaRefusesMistakes(t *testing.T) {
	t.Parallel()
	published := referencetest.Load(t, schema)
	beyond := []string{"bad regex", "repeat of nothing", "only weight 0", "double description", "no answer to replay"} // for any schema
	for label, test := range mistakes() {
		if published.Validate([]byte(test.text)) == nil && !slices.Contains(beyond, label) {
			t.Errorf("%s: the schema takes\n%s", label, test.text)
		}
	}
}
