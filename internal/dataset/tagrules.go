package dataset

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/text"
)

// The forms of a tag's name, and of what input calls it: a colon or a semicolon
// would end that.
var (
	tagName   = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	tagCalled = regexp.MustCompile(`^[a-z][a-z0-9_ -]{0,38}[a-z0-9]$|^[a-z]$`)
)

// maxTagValue bounds a value of a tag, in runes.
const maxTagValue = 40

// Validate refuses a tag that no record could set, and one that could be taken for
// the conversation or for one of the earlier tags.
func (t Tag) Validate(earlier []Tag) error {
	switch {
	case !tagName.MatchString(t.Name):
		return fmt.Errorf("dataset tag %q has no valid name (hint: lower-case letters, digits and _, a letter first, at most 40 in all)", t.Name)
	case !tagCalled.MatchString(t.Called) || t.Called == previousTurn:
		return fmt.Errorf("dataset tag %s cannot be called %q (hint: lower-case letters, digits, _, - and spaces, a letter first, at most 40 in all, and not %q)",
			t.Name, t.Called, previousTurn)
	case len(t.Keys) == 0:
		return fmt.Errorf("dataset tag %s has no keys (hint: name the members of a record that may hold it)", t.Name)
	case len(t.Values) == 0:
		return fmt.Errorf("dataset tag %s has no values (hint: name those that are known)", t.Name)
	}
	for i, key := range t.Keys {
		if err := t.validateKey(i, key); err != nil {
			return err
		}
	}
	for i, value := range t.Values {
		if value == "" || value != asCompared(value) || value != text.Line(value, maxTagValue) {
			return fmt.Errorf("dataset tag %s has the value %q (hint: use a short text in lower-case letters, without white space or a full stop at its ends)", t.Name, value)
		}
		if slices.Contains(t.Values[:i], value) {
			return fmt.Errorf("dataset tag %s has the value %q twice (hint: keep one of them)", t.Name, value)
		}
	}
	if !slices.Contains(t.Values, t.Default) {
		return fmt.Errorf("dataset tag %s has the default %q, which is none of its values (hint: one of %s)", t.Name, t.Default, strings.Join(t.Values, ", "))
	}
	return t.validateBeside(earlier)
}

func (t Tag) validateKey(i int, key string) error {
	switch {
	case strings.TrimSpace(key) == "":
		return fmt.Errorf("dataset tag %s has an empty key (hint: the name of a record's member)", t.Name)
	case slices.Contains(conversationKeys(), key):
		return fmt.Errorf("dataset tag %s has the key %q, under which a record holds its conversation (hint: choose another)", t.Name, key)
	case slices.Contains(t.Keys[:i], key):
		return fmt.Errorf("dataset tag %s has the key %q twice (hint: keep one of them)", t.Name, key)
	}
	return nil
}

func (t Tag) validateBeside(earlier []Tag) error {
	for _, other := range earlier {
		switch {
		case other.Name == t.Name:
			return fmt.Errorf("dataset tag %s is defined twice (hint: give one of them another name)", t.Name)
		case other.Called == t.Called:
			return fmt.Errorf("dataset tags %s and %s are both called %q (hint: give one of them another `called`)", other.Name, t.Name, t.Called)
		}
		for _, key := range t.Keys {
			if slices.Contains(other.Keys, key) {
				return fmt.Errorf("dataset tags %s and %s both have the key %q (hint: keep it in one of them)", other.Name, t.Name, key)
			}
		}
	}
	return nil
}

func conversationKeys() []string {
	return slices.Concat(questionKeys, answerKeys, []string{"messages", "context", "input"})
}
