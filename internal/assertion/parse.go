package assertion

import (
	"fmt"
	"strings"

	"github.com/tunegate/tunegate/internal/reference"
)

// value are the fields of an assertion that takes a value alone.
func value(kind reference.Type, example any, about string) []reference.Key {
	return []reference.Key{{Path: "value", Type: kind, Required: true, Example: example, About: about}}
}

// oneText is the Parse of an assertion whose value is one text with a word in it.
func oneText(given Given, a *Assert) error {
	if err := onlyValue(given); err != nil {
		return err
	}
	if len(a.Values) != 1 || strings.TrimSpace(a.Values[0]) == "" {
		return fmt.Errorf("%s needs one `value`", a.Type)
	}
	return nil
}

// onlyValue refuses what only no-repeat takes.
func onlyValue(given Given) error {
	if given.Threshold != nil || given.Of != "" {
		return fmt.Errorf("%s takes no `threshold` and no `of` (hint: only %s does)", given.Type, NoRepeat)
	}
	return nil
}
