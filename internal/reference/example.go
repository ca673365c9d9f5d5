package reference

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Example is the part of a file that sets the keys to their examples, in YAML.
func Example(keys []Key) string {
	root := &yaml.Node{Kind: yaml.MappingNode}
	holders := map[string]*yaml.Node{"": root}
	for _, k := range keys {
		if k.Example == nil {
			continue
		}
		section, name := k.split()
		hold(holders, section, name, flow(k.Example))
	}
	if len(root.Content) == 0 {
		return ""
	}
	return dump(root)
}

// ExampleLine is the same on one line, for keys that stand in no section.
func ExampleLine(keys []Key) string {
	root := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
	for _, k := range keys {
		root.Content = append(root.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: k.Path}, flow(k.Example))
	}
	return strings.TrimSuffix(dump(root), "\n")
}

// hold adds a named value to the section of a path, which is made where it is missing.
func hold(holders map[string]*yaml.Node, path, name string, value *yaml.Node) {
	holder := holders[path]
	if holder == nil {
		holder = &yaml.Node{Kind: yaml.MappingNode}
		holders[path] = holder
		above, own := Key{Path: strings.TrimSuffix(path, "[]")}.split()
		if strings.HasSuffix(path, "[]") {
			hold(holders, above, own, &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{holder}})
		} else {
			hold(holders, above, own, holder)
		}
	}
	holder.Content = append(holder.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: name}, value)
}

// flow is a value on one line.
func flow(value any) *yaml.Node {
	var node yaml.Node
	if err := node.Dump(value); err != nil {
		panic(fmt.Sprintf("reference: %v: %v", value, err)) // no value of a table is one that YAML lacks
	}
	if node.Kind != yaml.ScalarNode {
		node.Style = yaml.FlowStyle
	}
	return &node
}

func dump(node *yaml.Node) string {
	data, err := yaml.Dump(node, yaml.WithLineWidth(-1))
	if err != nil {
		panic(fmt.Sprintf("reference: %v", err)) // see flow
	}
	return string(data)
}

// inline is a value as it stands behind its key.
func inline(value any) string { return strings.TrimSuffix(dump(flow(value)), "\n") }

// Defaults is the key's default as a reader is told it; empty: it has none.
func (k Key) Defaults() string {
	switch value := k.Default.(type) {
	case nil:
		if k.Required {
			return "required"
		}
		return ""
	case Says:
		return string(value)
	default:
		return inline(value)
	}
}
