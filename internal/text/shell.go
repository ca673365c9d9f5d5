package text

import (
	"regexp"
	"strings"
)

// unquoted matches what a shell takes literally.
var unquoted = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// ShellWord quotes the value as one word of a shell command line.
func ShellWord(value string) string {
	if unquoted.MatchString(value) {
		return value
	}
	return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
}
