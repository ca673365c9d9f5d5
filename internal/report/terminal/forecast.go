package terminal

import (
	"bytes"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/text"
)

// Forecast renders a dry run: its stages, needs and minimum detectable effects.
func Forecast(f report.Forecast) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "dry run: %s into %s; nothing was done\n",
		report.Plain.Revision(report.Revision{Ref: f.HeadRef, SHA: f.HeadSHA}), report.Plain.Revision(report.Revision{Ref: f.BaseRef, SHA: f.BaseSHA}))
	for _, note := range f.Notes[:min(len(f.Notes), report.MostNotes)] {
		fmt.Fprintf(&out, "note: %s\n", line(note, 400))
	}
	if f.Ends != "" {
		fmt.Fprintf(&out, "nothing would be trained: %s\n", line(f.Ends, 400))
	}
	fmt.Fprintln(&out)
	printStages(&out, f)
	printNeeds(&out, f)
	printEffects(&out, f)
	return out.Bytes()
}

func printStages(out *bytes.Buffer, f report.Forecast) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "stage\tstate\ttime\tdetail")
	for _, stage := range f.Stages {
		took := lasting(stage.Seconds)
		if stage.State == report.Kept {
			took = "-"
		}
		detail := ""
		if stage.Detail != "" {
			detail = line(stage.Detail, 200)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", text.Name(stage.Name), shownStates[stage.State], took, detail)
	}
	table.Flush() // a bytes.Buffer does not fail
	switch {
	case f.Kept() && f.Ends != "": // no stage is missing, but the run ends before most
		return
	case f.Kept():
		fmt.Fprintln(out, "every result is reused")
		return
	}
	var from []string
	for _, stage := range f.Stages {
		if stage.From != "" {
			from = append(from, stage.Name+": "+stage.From)
		}
	}
	fmt.Fprintf(out, "total time: %s", lasting(f.Seconds))
	if len(from) > 0 {
		fmt.Fprintf(out, " (estimated from %s)", line(strings.Join(from, "; "), 400))
	}
	fmt.Fprintln(out)
}

func printNeeds(out *bytes.Buffer, f report.Forecast) {
	if f.Ends != "" || f.Kept() {
		return
	}
	var parts []string
	if f.Memory.TrainBytes > 0 {
		parts = append(parts, fmt.Sprintf("%s to train (%s)", text.Bytes(f.Memory.TrainBytes), f.Memory.From))
	}
	if f.Memory.ServeBytes > 0 {
		parts = append(parts, text.Bytes(f.Memory.ServeBytes)+" to serve")
	}
	if len(parts) > 0 {
		where := "memory"
		if f.Memory.GPU {
			where = "GPU memory"
		}
		fmt.Fprintf(out, "%s: %s\n", where, strings.Join(parts, ", "))
	}
	fmt.Fprintf(out, "additional disk: %s\n", text.Bytes(f.DiskBytes))
}

func printEffects(out *bytes.Buffer, f report.Forecast) {
	if len(f.Effects) == 0 {
		return
	}
	fmt.Fprintf(out, "\nminimum detectable effects at 80 %% power (%s):\n", line(f.NoiseFrom, 300))
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "rule\tsuites\tcases\tdetectable")
	for _, effect := range f.Effects[:min(len(f.Effects), report.MostRules)] {
		rule := gate.Rule{Rule: effect.Rule, Suite: effect.Suite, N: effect.Cases, Clusters: effect.Clusters}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", text.Name(effect.Rule), report.Bare.Suites(rule), report.Pairs(rule), detects(effect))
	}
	table.Flush()
	if more := len(f.Effects) - report.MostRules; more > 0 {
		fmt.Fprintf(out, "and %s\n", text.Count(more, "more rule"))
	}
}

// detects is what a rule can detect, and how many more cases would improve it.
func detects(e gate.DetectableEffect) string {
	what := "a drop"
	if e.Rule == gate.PromoteGain {
		what = "a gain"
	}
	var words string
	switch {
	case e.Detects < 1 && e.More > 0:
		words = fmt.Sprintf("%s of %s points; %d more cases would lower it to %s", what, gate.Points(e.Detects), e.More, gate.Points(e.Then))
	case e.Detects < 1:
		words = fmt.Sprintf("%s of %s points", what, gate.Points(e.Detects))
	case e.More > 0:
		words = fmt.Sprintf("none; with %d more cases, %s of %s points", e.More, what, gate.Points(e.Then))
	default:
		words = "none"
	}
	switch {
	case e.Hopeless:
		words += fmt.Sprintf("; no realistic suite size excludes a drop of %s points (hint: widen the margin)", gate.Points(e.Margin))
	case e.Needs > 0:
		words += fmt.Sprintf("; %d more cases are needed to exclude a drop of %s points", e.Needs, gate.Points(e.Margin))
	}
	return words
}

// shownStates are the states of planned stages as the table shows them.
var shownStates = map[string]string{report.Kept: "reused", report.Part: "partial", report.ToDo: "to do"}

// lasting writes a duration in seconds; nil is unknown.
func lasting(seconds *float64) string {
	if seconds == nil {
		return "unknown"
	}
	return text.Duration(*seconds)
}
