package promote

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tunegate/tunegate/internal/ledger"
)

var (
	versionForm    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$`)
	trailingNumber = regexp.MustCompile(`[0-9]{1,9}$`)
)

// maxTag is the limit of characters before the colon of a tag.
const maxTag = 80

// IsVersion reports whether a text has the form of a version: up to 40 letters,
// digits, '.', '_' and '-'.
func IsVersion(s string) bool { return versionForm.MatchString(s) }

func checkVersion(name, version string) error {
	if !IsVersion(version) {
		return refuse(ErrUsage, "%.60q is not a version (hint: use up to 40 letters, digits, '.', '_' and '-', such as v1)", version)
	}
	if tag := versionTag(name, version); len(tag) > maxTag {
		return refuse(ErrUsage, "the tag %s has %d characters and a server takes %d (hint: choose a shorter version)", tag, len(tag), maxTag)
	}
	return nil
}

// versionTag is the tag of a version, which never changes.
func versionTag(name, version string) string { return name + "-lora-" + version }

// stableTag is the tag that is served: a promotion moves it.
func stableTag(name string) string { return name + ":stable" }

// nextVersion increments the number at the end of a version until it is free.
func nextVersion(taken []ledger.Entry, version string) string {
	digits := trailingNumber.FindString(version)
	stem, number := strings.TrimSuffix(version, digits), 0
	if digits == "" {
		stem, number = version+"-", 1
	} else {
		number, _ = strconv.Atoi(digits) // nine digits at most
	}
	for {
		number++
		next := stem + strconv.Itoa(number)
		if !slices.ContainsFunc(taken, func(e ledger.Entry) bool { return strings.EqualFold(e.Version, next) }) {
			return next
		}
	}
}
