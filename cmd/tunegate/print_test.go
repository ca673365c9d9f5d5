package main

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/clean"
	"github.com/tunegate/tunegate/internal/pipeline"
	"github.com/tunegate/tunegate/internal/promote"
	"github.com/tunegate/tunegate/internal/publish"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/text"
)

// hostile is what a lock, a ledger, a record or the name of a process may say: an
// escape that clears the screen, one that turns the text around, one that cannot
// be seen, and lines that a runner obeys.
const hostile = "a\x1b[2J\u202eb\u200b\u0085c\u2066\U000e0041\n::error::d\r::set-output name=e::f ##\u200b[error]g"

// TestHostileText: whatever a command prints, none of it does anything to the
// terminal or the runner that shows it.
func TestHostileText(t *testing.T) {
	t.Parallel()
	live := func(out io.Writer) *progress {
		p := newProgress(out, time.Now, false)
		p.live = true
		return p
	}
	session := func(out io.Writer) *session { return &session{world: world{stdout: out, stderr: out, clock: time.Now}} }
	for name, print := range map[string]func(io.Writer){
		"say":                func(out io.Writer) { newProgress(out, time.Now, false).Say("note: %s", hostile) },
		"update":             func(out io.Writer) { newProgress(out, time.Now, false).Update("waiting", 1, 0, 0, hostile) },
		"update, a terminal": func(out io.Writer) { live(out).Update("waiting", 1, 2, 0, hostile) },
		"promote": func(out io.Writer) {
			session(out).printMoved(promote.Result{
				Name: hostile, Version: hostile, Stable: hostile, Previous: hostile, Tag: hostile, ModelID: hostile, Run: hostile, Servers: []string{hostile}, Notes: []string{hostile},
			})
		},
		"list": func(out io.Writer) {
			model := promote.Model{Tag: hostile, ModelID: hostile, Run: hostile}
			listing := promote.Listing{Notes: []string{hostile}}
			listing.Versions = append(listing.Versions, promote.Version{State: hostile, Model: model, Servers: []string{hostile}})
			listing.Candidates = append(listing.Candidates, promote.Candidate{Head: hostile, Outcome: hostile, Model: model, Promoted: []string{hostile}})
			if err := printListing(out, listing, time.Now()); err != nil {
				t.Error(err)
			}
		},
		"clean": func(out io.Writer) {
			item := clean.Item{Kind: clean.KindTag, Name: hostile, Why: hostile, Server: hostile}
			if err := printCleaned(out, clean.Result{Removed: []clean.Item{item}, Left: []clean.Item{item}}); err != nil {
				t.Error(err)
			}
		},
		"doctor": func(out io.Writer) {
			session(out).print([]check.Check{check.Failed("gpu", hostile, hostile)})
		},
		"publish": func(out io.Writer) {
			s := session(out)
			s.published = publish.Result{Headline: hostile, URL: hostile, Notes: []string{hostile}}
			if err := s.printPublished(); err != nil {
				t.Error(err)
			}
		},
		"init": func(out io.Writer) {
			_ = session(out).printInit(initResult{Written: []string{hostile}, Kept: []string{hostile}, Notes: []string{hostile}})
		},
		"show": func(out io.Writer) {
			_ = printClean(out, "%s\n", quoted(title(runs.Record{ID: hostile}, report.Report{})))
		},
		"a run":    func(out io.Writer) { _ = session(out).show(pipeline.Result{Stopped: hostile}) },
		"JSON":     func(out io.Writer) { _ = session(out).encode(map[string]string{hostile: hostile}) },
		"an error": func(out io.Writer) { session(out).world.complain(&exitError{1, errorOf(hostile)}) },
	} {
		var out bytes.Buffer
		print(&out)
		if out.Len() == 0 {
			t.Errorf("%s prints nothing", name)
		}
		said := out.String()
		for _, r := range said {
			if !text.Visible(r) {
				t.Errorf("%s prints %q: %q", name, r, said)
				break
			}
		}
		for line := range strings.Lines(said) {
			if strings.HasPrefix(line, "::") || strings.Contains(line, "##[") {
				t.Errorf("%s prints a command: %q", name, line)
			}
		}
	}
}

type errorOf string

func (e errorOf) Error() string { return string(e) }

// TestJSONMeansTheSame: what is escaped for a terminal's sake reads as it was.
func TestJSONMeansTheSame(t *testing.T) {
	t.Parallel()
	const all = hostile + "\x7f\x80é漢😀<>&\ufeff"
	var out bytes.Buffer
	s := session{world: world{stdout: &out}}
	if err := s.encode([]string{all}); err != nil {
		t.Fatal(err)
	}
	var back []string
	if err := json.Unmarshal(out.Bytes(), &back); err != nil || len(back) != 1 || back[0] != strings.ToValidUTF8(all, "\ufffd") {
		t.Errorf("%v: %q of %s", err, back, out.Bytes())
	}
	if !strings.Contains(out.String(), "é漢😀") || !strings.Contains(out.String(), `\u202e`) || !strings.Contains(out.String(), `\udb40\udc41`) {
		t.Errorf("got %s", out.Bytes())
	}
}
