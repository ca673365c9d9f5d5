package register

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// mark begins every message of ChatML, the built-in template.
const mark = "<|im_start|>"

// systemBranch matches a literal system message in a ChatML template, in the branch for
// conversations without one.
var systemBranch = regexp.MustCompile(`(?:!= *['"]system['"][^%]*|\{%-? *else *-?)%\}\s*\{\{-? *['"]<\|im_start\|>system(?:\\n|\n)([^'"]+?)(?:<\|im_end\|>|['"])`)

// ownSystem returns the system prompt that a chat template adds to a conversation
// without one, as Qwen2.5's does; empty: none found. The built-in templates add none,
// so such a base needs an explicit system prompt.
func ownSystem(chatTemplate string) string {
	found := systemBranch.FindStringSubmatch(chatTemplate)
	if found == nil {
		return ""
	}
	return found[1]
}

// CheckChatTemplate reports, from the text alone, why a base's chat template cannot be
// served by a built-in one with this system prompt. Template compares renderings.
func CheckChatTemplate(chat, system string) error {
	switch own := ownSystem(chat); {
	case chat == "":
		return errors.New("the base has no chat template, so its prompt format is unknown (hint: use a base that was tuned for chat: its folder has chat_template.jinja, or `chat_template` in tokenizer_config.json)")
	case !strings.Contains(chat, mark):
		return fmt.Errorf("the base's chat template is not ChatML, the built-in one: it has no %s (hint: write an Ollama template, https://docs.ollama.com/modelfile, to a file in the repository and set `serve.template` to it)", mark)
	case own != "" && system == "":
		return fmt.Errorf("the base's chat template adds its own system prompt (%.100q) when none is given, but the server would not (hint: set `serve.system` in the config to that text, or to another system prompt)", own)
	}
	return nil
}
