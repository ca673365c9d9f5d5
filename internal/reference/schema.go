package reference

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/invopop/jsonschema"
)

// Schema is the format's JSON Schema, draft 2020-12.
func (f Format) Schema() ([]byte, error) {
	root := open(&jsonschema.Schema{
		Version: jsonschema.Version, Title: f.Name, Description: f.About, Type: "object",
	})
	holders := map[string]*jsonschema.Schema{"": root}
	for _, k := range f.Keys {
		section, name := k.split()
		own := k.Schema()
		switch k.Type.Words {
		case sections:
			items := *own.Items
			own.Items = open(&items)
			holders[k.Path+"[]"] = own.Items
		default:
			if k.Type.holds() {
				holders[k.Path] = open(&own)
			}
		}
		holders[section].Properties.Set(name, &own)
		if k.Required {
			holders[section].Required = append(holders[section].Required, name)
		}
	}
	for name, t := range f.Definitions {
		if root.Definitions == nil {
			root.Definitions = jsonschema.Definitions{}
		}
		root.Definitions[name] = t.Schema
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(root)
	return out.Bytes(), err
}

// open makes an object ready for its keys, which are the only ones that it takes.
func open(object *jsonschema.Schema) *jsonschema.Schema {
	object.Properties, object.AdditionalProperties = jsonschema.NewProperties(), jsonschema.FalseSchema
	return object
}

// Schema is that of the key's value, with what an editor shows of the key.
func (k Key) Schema() jsonschema.Schema {
	s := *k.Type.Schema
	s.Description = k.About
	if _, words := k.Default.(Says); words {
		s.Description = strings.TrimSuffix(k.About, ".") + " (default: " + k.Defaults() + ")."
	} else {
		s.Default = k.Default
	}
	if k.Example != nil {
		s.Examples = []any{k.Example}
	}
	return s
}
