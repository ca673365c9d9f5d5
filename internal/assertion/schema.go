package assertion

import (
	"slices"

	"github.com/invopop/jsonschema"

	"github.com/tunegate/tunegate/internal/reference"
)

// Schema is what an assert in a suite's file may say.
func Schema() reference.Type { return types.schema() }

func (t table) schema() reference.Type {
	assert := jsonschema.Schema{
		Type: "object", Required: []string{"type"}, Properties: jsonschema.NewProperties(), AdditionalProperties: jsonschema.FalseSchema,
	}
	var all []any
	for _, kind := range t {
		var names []any
		for _, name := range kind.names() {
			names = append(names, name)
		}
		all = append(all, names...)
		assert.AllOf = append(assert.AllOf, &jsonschema.Schema{If: typeIs(names), Then: t.fields(kind)})
	}
	assert.Properties.Set("type", &jsonschema.Schema{Enum: all, Description: "Kind of assertion."})
	for _, name := range t.takes() {
		assert.Properties.Set(name, jsonschema.TrueSchema)
	}
	weight := *reference.FromZero().Schema
	weight.Default, weight.Description = 1, "0: the assertion is shown and never decides."
	assert.Properties.Set("weight", &weight)
	return reference.Type{Words: "assert", Schema: &assert}
}

// names are those under which a suite asks for the type.
func (kind Type) names() []string {
	if kind.Negatable {
		return []string{kind.Name, negation + kind.Name}
	}
	return []string{kind.Name}
}

// takes are the fields of all types.
func (t table) takes() (all []string) {
	for _, kind := range t {
		for _, k := range kind.Takes {
			if !slices.Contains(all, k.Path) {
				all = append(all, k.Path)
			}
		}
	}
	return all
}

func typeIs(names []any) *jsonschema.Schema {
	properties := jsonschema.NewProperties()
	properties.Set("type", &jsonschema.Schema{Enum: names})
	return &jsonschema.Schema{Properties: properties, Required: []string{"type"}}
}

// fields are those of an assert of the type: it has what it takes, and nothing that
// another one takes.
func (t table) fields(kind Type) *jsonschema.Schema {
	fields := &jsonschema.Schema{Properties: jsonschema.NewProperties()}
	for _, name := range t.takes() {
		fields.Properties.Set(name, jsonschema.FalseSchema)
	}
	for _, k := range kind.Takes {
		own := k.Schema()
		fields.Properties.Set(k.Path, &own)
		if k.Required {
			fields.Required = append(fields.Required, k.Path)
		}
	}
	return fields
}
