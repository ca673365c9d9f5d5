// Command prune makes openapi.json of the package above from GitHub's description of its
// REST API. It reads generated/api.github.com.json of the npm package @octokit/openapi
// 23.0.2 on standard input, and writes the operations that the fake answers and the
// schemas that those name, without prose and examples.
//
//	npm pack @octokit/openapi@23.0.2 && tar xzf octokit-openapi-23.0.2.tgz
//	go run ./prune < package/generated/api.github.com.json > openapi.json
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// kept lists the operations that stay, by operationId.
var kept = []string{
	"pulls/list", "pulls/get", "repos/list-pull-requests-associated-with-commit",
	"repos/get-content",
	"issues/list-comments", "issues/create-comment", "issues/update-comment", "issues/delete-comment",
	"repos/create-commit-status", "repos/list-commit-statuses-for-ref", "repos/get-combined-status-for-ref",
	"checks/create", "checks/update", "checks/list-for-ref",
	"repos/list-releases", "repos/create-release", "repos/get-release-by-tag", "repos/get-release", "repos/update-release",
	"repos/list-release-assets", "repos/upload-release-asset", "repos/delete-release-asset",
	"repos/list-deployments", "repos/create-deployment", "repos/list-deployment-statuses", "repos/create-deployment-status",
}

// prose lists the keys that no validator reads.
var prose = []string{"description", "summary", "title", "example", "examples", "tags", "externalDocs", "headers", "servers"}

func main() {
	if err := prune(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "prune: %v (hint: give it generated/api.github.com.json of @octokit/openapi 23.0.2)\n", err)
		os.Exit(1)
	}
}

func prune(in io.Reader, out io.Writer) error {
	var whole struct {
		OpenAPI    string                    `json:"openapi"`
		Info       map[string]any            `json:"info"`
		Paths      map[string]map[string]any `json:"paths"`
		Components map[string]map[string]any `json:"components"`
	}
	if err := json.NewDecoder(in).Decode(&whole); err != nil {
		return err
	}
	paths, missing := operations(whole.Paths)
	if len(missing) > 0 {
		return fmt.Errorf("the description has no operation %s", strings.Join(missing, ", "))
	}
	components := map[string]map[string]any{}
	if err := collect(paths, whole.Components, components); err != nil {
		return err
	}
	data, err := json.Marshal(map[string]any{
		"openapi": whole.OpenAPI,
		"info": map[string]any{
			"title": whole.Info["title"], "version": whole.Info["version"], "license": whole.Info["license"],
		},
		"paths": paths, "components": components,
	})
	if err != nil {
		return err
	}
	var lines bytes.Buffer
	if err := json.Indent(&lines, data, "", ""); err != nil {
		return err
	}
	lines.WriteByte('\n')
	_, err = lines.WriteTo(out)
	return err
}

// operations returns the kept operations by path and method, and which it misses.
func operations(all map[string]map[string]any) (paths map[string]map[string]any, missing []string) {
	missing = slices.Clone(kept)
	paths = map[string]map[string]any{}
	for path, methods := range all {
		for method, operation := range methods {
			id, _ := operation.(map[string]any)["operationId"].(string)
			at := slices.Index(missing, id)
			if at < 0 {
				continue
			}
			missing = slices.Delete(missing, at, at+1)
			if paths[path] == nil {
				paths[path] = map[string]any{}
			}
			paths[path][method] = strip(operation, false)
		}
	}
	return paths, missing
}

// strip returns the node without prose. In names, the keys of the node are names
// of properties or components, which may well be called "title".
func strip(node any, names bool) any {
	switch node := node.(type) {
	case map[string]any:
		for key, value := range node {
			if !names && (slices.Contains(prose, key) || strings.HasPrefix(key, "x-")) {
				delete(node, key)
				continue
			}
			node[key] = strip(value, !names && key == "properties")
		}
	case []any:
		for i, value := range node {
			node[i] = strip(value, false)
		}
	}
	return node
}

// collect copies the components that the node names, and those that they name,
// from all into found.
func collect(node any, all, found map[string]map[string]any) error {
	switch node := node.(type) {
	case map[string]map[string]any:
		for _, value := range node {
			if err := collect(value, all, found); err != nil {
				return err
			}
		}
	case map[string]any:
		if reference, ok := node["$ref"].(string); ok {
			return component(reference, all, found)
		}
		for _, value := range node {
			if err := collect(value, all, found); err != nil {
				return err
			}
		}
	case []any:
		for _, value := range node {
			if err := collect(value, all, found); err != nil {
				return err
			}
		}
	}
	return nil
}

func component(reference string, all, found map[string]map[string]any) error {
	kind, name, _ := strings.Cut(strings.TrimPrefix(reference, "#/components/"), "/")
	value, ok := all[kind][name]
	if !ok {
		return fmt.Errorf("the description has no %s", reference)
	}
	if found[kind] == nil {
		found[kind] = map[string]any{}
	}
	if _, ok := found[kind][name]; ok {
		return nil
	}
	found[kind][name] = strip(value, false)
	return collect(found[kind][name], all, found)
}
