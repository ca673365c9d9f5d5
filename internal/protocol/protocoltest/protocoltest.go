// Package protocoltest compares the Go type of a file with its published JSON Schema,
// and fails where others would read something else.
package protocoltest

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	published "github.com/invopop/jsonschema"
	validator "github.com/santhosh-tekuri/jsonschema/v6"
)

// updateVariable has the schemas written anew.
const updateVariable = "UPDATE_SCHEMA"

// CheckSchema fails the test where the schema in path, relative to the package's
// folder, is not that of T. Where UPDATE_SCHEMA is set it writes it.
func CheckSchema[T any](t *testing.T, path, title string) {
	t.Helper()
	want := Generate[T](t, title)
	if os.Getenv(updateVariable) != "" {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s is not the schema of %s (hint: where an older reader would misread the change, raise the version; then `%s=1 go test %s -run %s`):\n%s",
			path, reflect.TypeFor[T](), updateVariable, reflect.TypeFor[T]().PkgPath(), t.Name(), diff)
	}
}

// Generate gives the JSON Schema of T. A type stands in it under its package and
// name; a slice, map or pointer that is always written may be null.
func Generate[T any](t *testing.T, title string) []byte {
	t.Helper()
	structs := make(map[string]reflect.Type)
	name := func(t reflect.Type) string {
		if t.Name() == "" {
			return ""
		}
		name := filepath.Base(t.PkgPath()) + "." + t.Name()
		if t.Kind() == reflect.Struct {
			structs[name] = t
		}
		return name
	}
	reflector := published.Reflector{Anonymous: true, Namer: name}
	schema := reflector.Reflect(new(T))
	schema.Title = title
	for name, t := range structs {
		if definition := schema.Definitions[name]; definition != nil {
			allowNull(definition, t)
		}
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(schema); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func allowNull(definition *published.Schema, t reflect.Type) {
	for _, field := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		property, there := definition.Properties.Get(name)
		switch field.Type.Kind() {
		case reflect.Slice, reflect.Map, reflect.Pointer:
			if there && !strings.Contains(options, "omit") {
				definition.Properties.Set(name, &published.Schema{AnyOf: []*published.Schema{property, {Type: "null"}}})
			}
		}
	}
}

// Validate fails the test where the JSON is not as the schema in path says.
func Validate(t *testing.T, path string, data []byte) {
	t.Helper()
	schema, err := validator.NewCompiler().Compile(path)
	if err != nil {
		t.Fatal(err)
	}
	value, err := validator.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(value); err != nil {
		t.Error(err)
	}
}
