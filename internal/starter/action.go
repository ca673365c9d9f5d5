package starter

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"
)

// actionForm is GitHub's OWNER/NAME[/PATH]@REF. No character of it means anything
// to YAML or to GitHub's expressions, so an action is written into a workflow as it is.
var actionForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,38}(?:/[A-Za-z0-9._-]{1,100})+@[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$`)

// CheckAction is an error if the name of an action for workflows is invalid.
func CheckAction(action string) error {
	where, ref, _ := strings.Cut(action, "@")
	if !actionForm.MatchString(action) || !fs.ValidPath(where) || !fs.ValidPath(ref) || strings.Contains(ref, "..") {
		return fmt.Errorf("%.100q is not an action (hint: use OWNER/NAME@REF, such as your fork of tunegate/tunegate and one of its commits)", action)
	}
	return nil
}
