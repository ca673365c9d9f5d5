package referencetest

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	validator "github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"

	"github.com/tunegate/tunegate/internal/reference"
)

// CheckSchema fails the test where the file in path, relative to the package's folder,
// is not the format's JSON Schema. Where UPDATE_DOCS is set it writes it.
func CheckSchema(t *testing.T, path string, f reference.Format) {
	t.Helper()
	want, err := f.Schema()
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv(updateVariable) != "" {
		write(t, path, want)
	}
	compare(t, path, want, read(t, path))
}

// Schema is a published JSON Schema.
type Schema struct{ compiled *validator.Schema }

// Load reads the schema in path, relative to the package's folder.
func Load(t *testing.T, path string) Schema {
	t.Helper()
	compiled, err := validator.NewCompiler().Compile(path)
	if err != nil {
		t.Fatal(err)
	}
	return Schema{compiled}
}

// Validate gives what the schema says against a file's YAML, if anything.
func (s Schema) Validate(text []byte) error {
	var value any
	if err := yaml.Load(text, &value); err != nil {
		return err
	}
	data, err := json.Marshal(value)
	if err != nil {
		return err // such as a number that is not finite
	}
	instance, err := validator.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return err
	}
	return s.compiled.Validate(instance)
}
