// Package examples holds the workflows that a repository may copy, for `tunegate
// init` to write. It lies here because a package embeds only what is below it.
package examples

import "embed"

// Files are the workflows, NAME.yml.
//
//go:embed *.yml
var Files embed.FS
