package register

import (
	"fmt"
	"sort"
	"strings"

	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/store"
)

// ModelID identifies what a tag serves, the same on every server: the sha256 of the
// canonical JSON (RFC 8785) of its weights' digest, template, system prompt,
// parameters, license, renderer and parser, as shown by the server.
func ModelID(m engine.Model) string {
	parameters := map[string][]string{}
	for name, values := range m.Parameters {
		parameters[name] = append([]string{}, values...)
	}
	return string(store.CanonicalDigest(map[string]any{
		"gguf": m.GGUF, "template": m.Template, "system": m.System,
		"parameters": parameters, "license": m.License,
		"renderer": m.Renderer, "parser": m.Parser,
	}))
}

// Modelfile formats a tag's definition as a Modelfile. It is for the record: tunegate
// creates tags through the API.
func Modelfile(m engine.Model) string {
	var out strings.Builder
	fmt.Fprintf(&out, "FROM sha256:%s\nTEMPLATE %s\n", m.GGUF, quote(m.Template))
	if m.System != "" {
		fmt.Fprintf(&out, "SYSTEM %s\n", quote(m.System))
	}
	var names []string
	for name := range m.Parameters {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		for _, value := range m.Parameters[name] {
			fmt.Fprintf(&out, "PARAMETER %s %s\n", name, value)
		}
	}
	if m.License != "" {
		fmt.Fprintf(&out, "LICENSE %s\n", quote(m.License))
	}
	return out.String()
}

func quote(text string) string {
	return `"""` + strings.ReplaceAll(text, `"""`, `\"""`) + `"""`
}
