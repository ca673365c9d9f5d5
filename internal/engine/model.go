package engine

// Model is everything of a tag that decides its answers.
type Model struct {
	GGUF             string              // sha256 of the weights' file, hex
	Template, System string              // as they are stored
	Parameters       map[string][]string // numbers in shortest decimal form, strings as they are, lists in order
	License          string              // several are joined by a newline
	Renderer, Parser string              // built-in code that replaces the template, if any
}

// Definition is what a tag is made of.
type Definition struct {
	Tag              string
	GGUF             string         // sha256 of the file, hex
	Template, System string         // the template in Ollama's language
	Parameters       map[string]any // strings, numbers, booleans and lists of strings, by Ollama's names
	License          string
}
