package comment

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/report"
)

// Marker starts every comment, so that a later run finds and updates it.
const Marker = "<!-- tunegate"

// About identifies the commit that a comment is about, and the workflow run and attempt
// that published it.
type About struct {
	HeadSHA string
	RunID   int64
	Attempt int
}

var stickyMarker = regexp.MustCompile(`^<!-- tunegate head=([0-9a-f]{40}|[0-9a-f]{64}) run=([0-9]{1,18}) attempt=([0-9]{1,9}) -->\r?\n`)

// Sticky is Render with a marker that ParseMarker reads. HeadSHA is a full commit ID.
func Sticky(r report.Report, about About) []byte {
	marker := fmt.Sprintf("%s head=%s run=%d attempt=%d -->", Marker, about.HeadSHA, about.RunID, about.Attempt)
	return render(r, marker, sections)
}

var headlineMarker = regexp.MustCompile(`^<!-- tunegate [^\n]*\n### [^\n]{0,8} ?tunegate: ([a-z ]+) - `)

// outcome is the outcome in the headline of a comment that Sticky wrote.
func outcome(body string) string {
	found := headlineMarker.FindStringSubmatch(body)
	if found == nil {
		return ""
	}
	return found[1]
}

// HasVerdict says whether a comment that Sticky wrote has a verdict about a model
// or its data.
func HasVerdict(body string) bool {
	return slices.Contains([]gate.Outcome{gate.Pass, gate.Fail, gate.Inconclusive}, gate.Outcome(outcome(body)))
}

// Announces says whether a comment that Sticky wrote announces a training.
func Announces(body string) bool {
	ready, _ := report.Report{State: report.Ready}.Outcome()
	return outcome(body) == ready
}

// ParseMarker reads the marker of a comment; false: Sticky did not write it.
func ParseMarker(body string) (About, bool) {
	found := stickyMarker.FindStringSubmatch(body)
	if found == nil {
		return About{}, false
	}
	run, err := strconv.ParseInt(found[2], 10, 64)
	if err != nil {
		return About{}, false
	}
	attempt, err := strconv.Atoi(found[3])
	return About{HeadSHA: found[1], RunID: run, Attempt: attempt}, err == nil
}
