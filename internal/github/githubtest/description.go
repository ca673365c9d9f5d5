package githubtest

import (
	_ "embed"
	"fmt"
	"slices"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// The roots of the API and of the uploads, below the server's address.
const (
	apiRoot     = "/api/v3"
	uploadsRoot = "/api/uploads"
)

// upload is the one operation below uploadsRoot.
const upload = "repos/upload-release-asset"

//go:embed openapi.json
var openapi []byte

// describe is load, once for all servers.
var describe = sync.OnceValues(load)

// load reads openapi.json and returns the router to its operations.
func load() (routers.Router, error) {
	doc, err := openapi3.NewLoader().LoadFromData(openapi)
	if err != nil {
		return nil, fmt.Errorf("openapi.json: %w", err)
	}
	doc.Servers = openapi3.Servers{{URL: apiRoot}, {URL: uploadsRoot}}
	// A file's path has slashes, and {path} would end at the first.
	const contents = "/repos/{owner}/{repo}/contents/{path}"
	doc.Paths.Set(contents[:len(contents)-1]+":.+}", doc.Paths.Value(contents))
	doc.Paths.Delete(contents)
	// The state that the prose of the upload tells of is not among those listed.
	state := doc.Components.Schemas["release-asset"].Value.Properties["state"].Value
	state.Enum = append(state.Enum, "starter")
	for _, item := range doc.Paths.Map() {
		for _, operation := range item.Operations() {
			if operation.RequestBody != nil {
				for _, media := range operation.RequestBody.Value.Content {
					shut(media.Schema)
				}
			}
		}
	}
	return gorillamux.NewRouter(doc)
}

// shut refuses unknown fields in a request's body, which GitHub ignores: there a
// misspelt field would pass unseen. It changes inline schemas only, as a named one
// may be part of a response too, and no alternatives, which repeat one object.
func shut(ref *openapi3.SchemaRef) {
	if ref == nil || ref.Ref != "" {
		return
	}
	schema := ref.Value
	shut(schema.Items)
	for _, property := range schema.Properties {
		shut(property)
	}
	if len(schema.Properties) > 0 {
		no := false
		schema.AdditionalProperties = openapi3.AdditionalProperties{Has: &no}
	}
}

type object = map[string]any

// complete gives the value all that the schema requires and it lacks, as empty as the
// schema allows. So a handler says only what the fake knows.
func complete(schema *openapi3.Schema, value any) {
	for _, part := range schema.AllOf {
		complete(part.Value, value)
	}
	kind := "object"
	if _, ok := value.([]any); ok {
		kind = "array"
	}
	alternatives := slices.Concat(schema.OneOf, schema.AnyOf)
	if at := slices.IndexFunc(alternatives, func(ref *openapi3.SchemaRef) bool { return ref.Value.Type.Is(kind) }); at >= 0 {
		complete(alternatives[at].Value, value)
	}
	switch value := value.(type) {
	case []any:
		if schema.Items != nil {
			for _, item := range value {
				complete(schema.Items.Value, item)
			}
		}
	case object:
		for name, property := range schema.Properties {
			if given, ok := value[name]; ok {
				complete(property.Value, given)
			} else if slices.Contains(schema.Required, name) {
				value[name] = empty(property.Value)
			}
		}
	}
}

// empty returns the emptiest value that the schema allows.
func empty(schema *openapi3.Schema) any {
	switch {
	case schema.Nullable:
		return nil
	case len(schema.Enum) > 0:
		return schema.Enum[0]
	case schema.Type.Is("string") && schema.Format == "uri":
		return web
	case schema.Type.Is("string") && schema.Format == "date-time":
		return at(0)
	case schema.Type.Is("string"):
		return ""
	case schema.Type.Is("integer"), schema.Type.Is("number"):
		return 0
	case schema.Type.Is("boolean"):
		return false
	case schema.Type.Is("array"):
		return []any{}
	}
	value := object{}
	complete(schema, value)
	return value
}
