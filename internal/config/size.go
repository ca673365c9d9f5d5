package config

import (
	"regexp"
	"strconv"
)

var (
	sizeForm = regexp.MustCompile(`^(\d{1,9}(?:\.\d{1,9})?) ?(MB|MiB|GB|GiB|TB|TiB)$`)
	units    = map[string]float64{"MB": 1e6, "GB": 1e9, "TB": 1e12, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}
)

// size reads a size in bytes, such as 24GB (24e9) or 1.5 TiB.
func size(text string) (bytes int64, is bool) {
	parts := sizeForm.FindStringSubmatch(text)
	if parts == nil {
		return 0, false
	}
	number, err := strconv.ParseFloat(parts[1], 64)
	bytes = int64(number * units[parts[2]])
	return bytes, err == nil && bytes > 0 && number*units[parts[2]] < 1<<62
}
