package protocol

import (
	"encoding/json"
	"reflect"
	"strings"
)

// RenameFields gives the fields of a JSON value that was written before T had
// JSON tags, or with other ones, the names that they have now. A field is known
// by its Go name, or by the name in its tag `was` where that has changed. Fields
// that T does not have stay.
func RenameFields[T any](value any) { rename(value, reflect.TypeFor[T]()) }

var unmarshaler = reflect.TypeFor[json.Unmarshaler]()

func rename(value any, t reflect.Type) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Implements(unmarshaler) || reflect.PointerTo(t).Implements(unmarshaler) {
		return // it reads its own JSON
	}
	switch value := value.(type) {
	case []any:
		if t.Kind() == reflect.Slice || t.Kind() == reflect.Array {
			for _, element := range value {
				rename(element, t.Elem())
			}
		}
	case map[string]any:
		switch t.Kind() {
		case reflect.Map:
			for _, element := range value {
				rename(element, t.Elem())
			}
		case reflect.Struct:
			renameObject(value, t)
		}
	}
}

// renameObject does the fields of one object. The new names are set aside, as
// one field's can be another's old one.
func renameObject(object map[string]any, t reflect.Type) {
	renamed := make(map[string]any)
	for field := range fields(t) {
		now, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		before := field.Tag.Get("was")
		if before == "" {
			before = field.Name
		}
		for _, name := range []string{before, now} {
			if element, there := object[name]; there && now != "-" {
				rename(element, field.Type)
				delete(object, name)
				if now == "" {
					now = field.Name
				}
				renamed[now] = element
				break
			}
		}
	}
	for name, element := range renamed {
		object[name] = element
	}
}

// fields are the exported fields of a struct; those of a struct that is embedded
// are its own.
func fields(t reflect.Type) func(yield func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for _, field := range reflect.VisibleFields(t) {
			if field.IsExported() && !field.Anonymous && !yield(field) {
				return
			}
		}
	}
}
