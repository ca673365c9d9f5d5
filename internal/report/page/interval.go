package page

import (
	"fmt"
	"math"
	"strconv"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/report"
)

// axis is the range of changes, as shares from -1 to 1, that the plots of all rules
// share.
type axis struct{ least, most float64 }

// steps are the distances that an axis may have between its ticks.
var steps = []float64{.02, .05, .10, .20, .25, .50}

// mostTicks bounds the ticks of an axis, so that their labels have room on a
// narrow screen.
const mostTicks = 8

// newAxis spans zero, and every interval and limit of the rules on rates.
func newAxis(rules []gate.Rule, p gate.Policy) (a axis, step float64) {
	for _, rule := range rules {
		if rated(rule) {
			limit := limit(rule, p)
			a.least = max(-1, min(a.least, rule.CI[0], rule.Delta, limit))
			a.most = min(1, max(a.most, rule.CI[1], rule.Delta, limit))
		}
	}
	for _, step = range steps {
		low, high := max(math.Floor(a.least/step-.2), -1/step), min(math.Ceil(a.most/step+.2), 1/step)
		if high-low < mostTicks || step == steps[len(steps)-1] {
			return axis{low * step, high * step}, step
		}
	}
	return a, step
}

// at is the place of a share.
func (a axis) at(share float64) percent {
	return percent(100 * (max(a.least, min(a.most, share)) - a.least) / (a.most - a.least))
}

// percent is a place or a length in a plot, of its width or height.
type percent float64

func (p percent) String() string {
	return strconv.FormatFloat(math.Round(100*float64(p))/100, 'f', -1, 64) + "%"
}

// tick is a labelled place of an axis.
type tick struct {
	At     percent
	Label  string
	Anchor string // of the label, so that it stays inside the plot
}

func (a axis) ticks(step float64) (ticks []tick) {
	last := int(math.Round((a.most - a.least) / step))
	for i := range last + 1 {
		share := a.least + float64(i)*step
		t := tick{At: a.at(share), Label: report.Minus(fmt.Sprintf("%+.0f", 100*share)), Anchor: "middle"}
		switch {
		case math.Abs(share) < step/2:
			t.Label = "0"
		case i == 0:
			t.Anchor = "start"
		case i == last:
			t.Anchor = "end"
		}
		ticks = append(ticks, t)
	}
	return ticks
}

// rated says that a rule compares pass rates, so that it has an interval.
func rated(rule gate.Rule) bool {
	switch rule.Rule {
	case gate.OutputTokens, gate.LatencyMedian, gate.DataErrors:
		return false
	}
	return rule.N > 0
}

// limit is the change that a rule must stay above or reach; 0: there is none.
func limit(rule gate.Rule, p gate.Policy) float64 {
	switch rule.Rule {
	case gate.NoHarm:
		return -p.Merge.Margin
	case gate.PromoteNoLoss:
		return -p.Promote.NoWorse.Margin
	case gate.PromoteGain:
		return p.Promote.Gain.AtLeast
	}
	return 0
}

// interval is the plot of one rule.
type interval struct {
	Low, Width, Point, Zero percent
	// Zone is the side of the limit that is drawn, bad or good; empty: none.
	Zone       string
	From, Long percent
	Words      string // alternative text
}

func (a axis) plot(rule gate.Rule, p gate.Policy) *interval {
	if !rated(rule) {
		return nil
	}
	low, high := a.at(rule.CI[0]), a.at(rule.CI[1])
	plot := interval{
		Low: low, Width: high - low, Point: a.at(rule.Delta), Zero: a.at(0),
		Words: fmt.Sprintf("change %s points, 90 %% interval %s to %s", report.Signed(rule.Delta), report.Signed(rule.CI[0]), report.Signed(rule.CI[1])),
	}
	switch limit := limit(rule, p); {
	case rule.Rule == gate.PromoteGain:
		plot.Zone, plot.From, plot.Long = "good", a.at(limit), 100-a.at(limit)
	case limit < 0:
		plot.Zone, plot.Long = "bad", a.at(limit)
	}
	return &plot
}
