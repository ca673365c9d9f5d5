package dataset

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/suite"
	"github.com/tunegate/tunegate/internal/text"
)

// maxRecords bounds the memory that a pull request can ask for.
const maxRecords = 1_000_000

// examination is what reading and checking a tree's record files gives.
type examination struct {
	options Options
	files   []*file
	entries []entry // those that become rows, in the order of the files
	found   []found
}

// examine reads the files in the order of their paths and runs every check.
func examine(ctx context.Context, o Options, files []repo.File, suites []suite.Suite) (*examination, error) {
	x := &examination{options: o}
	asked := questions(suites)
	seen := make(map[[sha256.Size]byte]record)
	total := 0
	files = slices.SortedFunc(slices.Values(files), func(a, b repo.File) int { return strings.Compare(a.Path, b.Path) })
	for _, f := range files {
		file, records, problems := read(f.Path, f.Data)
		x.files = append(x.files, file)
		x.report(problems...)
		if total += len(records); total > maxRecords {
			return nil, fmt.Errorf("%s: more than %d records in all (hint: leave files out of dataset.sources)", f.Path, maxRecords)
		}
		for _, r := range records {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			e, problems := r.normalize(o.System)
			if x.report(problems...) && x.isNotAsked(e, asked) {
				if err := x.add(e, seen); err != nil {
					return nil, err
				}
			}
		}
	}
	x.groupNear()
	return x, ctx.Err()
}

// report notes problems and says whether there is a row in spite of them.
func (x *examination) report(problems ...problem) (row bool) {
	row = true
	for _, p := range problems {
		level := x.options.Checks[p.check].Level
		if level != Off {
			x.found = append(x.found, p.found(level))
		}
		if level == Error || checks[p.check].unreadable {
			row = false
		}
	}
	return row
}

// asked is where a suite asks a question.
type asked struct{ where, what string }

func questions(suites []suite.Suite) map[string]asked {
	all := make(map[string]asked)
	for _, s := range suites {
		for _, c := range s.Cases {
			for _, turn := range c.Turns {
				key := text.Normal(turn.User)
				if _, known := all[key]; !known && key != "" {
					all[key] = asked{fmt.Sprintf("%s:%d", s.Path, c.Line), quoted(c.ID) + " of the suite " + quoted(s.Name)}
				}
			}
		}
	}
	return all
}

// isNotAsked reports a question, also an earlier one, that a suite asks.
func (x *examination) isNotAsked(e entry, all map[string]asked) bool {
	if x.options.Checks[checkContamination].Level == Off {
		return true
	}
	asks := []string{e.question}
	for _, turn := range e.earlier {
		asks = append(asks, turn.User)
	}
	for _, question := range asks {
		if by, found := all[text.Normal(question)]; found {
			x.report(problem{
				check: checkContamination, record: e.record, offset: -1, see: by.where,
				what: fmt.Sprintf("the case %s asks %s", by.what, quoted(question)),
				hint: "leave the record out; a model must not train on what it is tested on",
			})
			return false
		}
	}
	return true
}

// add keeps an entry unless an earlier one says the same.
func (x *examination) add(e entry, seen map[[sha256.Size]byte]record) error {
	conversation, err := json.Marshal(e.messages(""))
	if err != nil {
		return fmt.Errorf("%s: record %d: %w", e.record.file.path, e.record.number, err)
	}
	e.digest = sha256.Sum256(conversation)
	if first, known := seen[e.digest]; known && x.options.Checks[checkExact].Level != Off {
		x.report(problem{
			check: checkExact, record: e.record, offset: -1, see: first.where(),
			what: "the same conversation as in " + first.where() + "; this one is left out",
			hint: "drop it; a source's weight repeats rows",
		})
		return nil
	}
	seen[e.digest] = e.record
	x.entries = append(x.entries, e)
	return nil
}

// groupNear labels near-duplicates, and reports all but the first of a group.
func (x *examination) groupNear() {
	docs := make([]string, len(x.entries))
	for i, e := range x.entries {
		docs[i] = e.wording()
	}
	kept := make([]entry, 0, len(x.entries))
	for i, label := range text.Clusters(docs, x.options.Checks[checkNear].Threshold) {
		e := x.entries[i]
		e.near = label
		if label != i {
			first := x.entries[label].record.where()
			if !x.report(problem{
				check: checkNear, record: e.record, offset: -1, see: first,
				what: "nearly the same words as in " + first,
				hint: "say it in another way, or drop one of them",
			}) {
				continue
			}
		}
		kept = append(kept, e)
	}
	x.entries = kept
}

func (r record) where() string {
	return fmt.Sprintf("%s:%d", r.file.path, r.file.line(r.offset))
}
