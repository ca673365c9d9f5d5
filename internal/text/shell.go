package text

import (
	"regexp"
	"strings"
)

// unquoted is what a shell takes as it is.
var unquoted = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// ShellWord makes one word of a shell's command line of the value.
func ShellWord(value string) string {
	if unquoted.MatchString(value) {
		return value
	}
	return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
}
