package register

import (
	"regexp"
	"strings"
)

// Mark begins every message of ChatML, the built-in template.
const Mark = "<|im_start|>"

// Resembles says whether a base's chat template, by its text alone, may be one of
// the built-in ones; Template recognises it by how it renders.
func Resembles(chatTemplate string) bool { return strings.Contains(chatTemplate, Mark) }

// ownSystem is a system message that stands whole in a ChatML template: in the
// branch for conversations whose first message is none.
var ownSystem = regexp.MustCompile(`(?:!= *['"]system['"][^%]*|\{%-? *else *-?)%\}\s*\{\{-? *['"]<\|im_start\|>system(?:\\n|\n)([^'"]+?)(?:<\|im_end\|>|['"])`)

// OwnSystem is the system prompt that a chat template adds to a conversation that
// has none, as Qwen2.5's does; empty: none, as far as the text tells. The built-in
// templates add none, so such a base needs a system prompt to be served alike.
func OwnSystem(chatTemplate string) string {
	found := ownSystem.FindStringSubmatch(chatTemplate)
	if found == nil {
		return ""
	}
	return found[1]
}
