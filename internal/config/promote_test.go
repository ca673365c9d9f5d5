package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPromote(t *testing.T) {
	t.Parallel()
	c, err := Parse("tunegate.yaml", []byte(short+"promote:\n  to:\n  - {ollama: \"http://box:11434\"}\n  - {ollama: \"https://other\"}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"http://box:11434", "https://other"}, c.Promote.To); diff != "" {
		t.Error(diff)
	}
	if c, err := Parse("tunegate.yaml", []byte(short+"promote: {keep: 2}\n")); err != nil || c.Promote.Keep != 2 {
		t.Errorf("%+v, %v", c.Promote, err)
	}
	for text, want := range map[string]string{
		"promote: {to: [{ollama: box}]}":                                   `tunegate.yaml:5: ollama: "box" is not the address of a server (hint: write it like http://`,
		"promote: {to: [{ollama: \"box:11434\"}]}":                         `"box:11434" is not the address`,
		"promote: {to: [{}]}":                                              `tunegate.yaml:5: ollama: "" is not the address`,
		"promote: {to: [{ollama: auto}]}":                                  `"auto" is not the address`,
		"promote: {to: [{ollama: \"http://a\"}, {ollama: \"http://a/\"}]}": "tunegate.yaml:5: http://a is listed twice",
		"promote: {keep: 1}":                                               "tunegate.yaml:5: 1 versions are too few to keep (hint: 2 or more",
		"promote: {keep: all}":                                             "tunegate.yaml:5:17",
		"promote: {app: {dir: x}}":                                         `key "app" is not built yet`,
		"promote: {too: []}":                                               `unknown key "too" (hint: did you mean "to"?)`,
	} {
		if _, err := Parse("tunegate.yaml", []byte(short+text+"\n")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
}
