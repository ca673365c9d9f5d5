package strictyaml

import (
	"fmt"

	"go.yaml.in/yaml/v4"
)

// Bounds on a file, which a pull request may have written. Without them a short file
// can take a parser's memory by aliases of aliases, or its time by the keys of one
// mapping, each of which is compared with all others.
const (
	maxBytes = 1 << 20
	maxNodes = 200_000 // values, keys among them; those of an alias count wherever it stands
	maxKeys  = 1000    // of one mapping
	maxDepth = 100
)

// measure is a walk over a document's nodes.
type measure struct {
	path  string
	nodes int
}

func (m *measure) take(node *yaml.Node, depth int) error {
	if m.nodes++; m.nodes > maxNodes {
		return fmt.Errorf("%s:%d: more than %d values, counted where aliases repeat them (hint: split the file)", m.path, node.Line, maxNodes)
	}
	if depth > maxDepth {
		return fmt.Errorf("%s:%d: nested deeper than %d levels (hint: write it flatter, and without aliases to itself)", m.path, node.Line, maxDepth)
	}
	if node.Kind == yaml.MappingNode && len(node.Content)/2 > maxKeys {
		return fmt.Errorf("%s:%d: a mapping of more than %d keys (hint: split it)", m.path, node.Line, maxKeys)
	}
	if node.Kind == yaml.AliasNode && node.Alias != nil {
		return m.take(node.Alias, depth+1)
	}
	for _, child := range node.Content {
		if err := m.take(child, depth+1); err != nil {
			return err
		}
	}
	return nil
}
