package tutor

import (
	"regexp"
	"strconv"
	"strings"
)

// counted is a line of the app's request counter.
var counted = regexp.MustCompile(`^euclids_window_requests_total\{(?:.*,)?endpoint="([^"]*)".*\} ([0-9]+)(?:\.0+)?$`)

// answered sums up the requests of an app's metrics whose answers it may cache.
func answered(metrics string) int {
	sum := 0
	for line := range strings.Lines(metrics) {
		match := counted.FindStringSubmatch(strings.TrimSpace(line))
		if match == nil || !strings.HasPrefix(match[1], "/api/ai/") && !strings.HasPrefix(match[1], "/api/eval/report") {
			continue
		}
		if n, err := strconv.Atoi(match[2]); err == nil {
			sum += n
		}
	}
	return sum
}
