package publish

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
)

// The files that are read from a run, and their limits in bytes.
const (
	recordFile = "run.json"
	reportFile = "report/" + report.File
	casesFile  = "eval/" + eval.CasesFile

	maxRecord    = 1 << 20
	maxReport    = 64 << 20
	maxCases     = 64 << 20
	maxPromotion = 64 << 10
	maxNotes     = 100
	maxNoteBytes = 8 << 10
)

// errLost is the error of a run without a report.
var errLost = errors.New("no result came back")

var (
	commitForm = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)
	digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)
	tagForm    = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}:[A-Za-z0-9._-]{1,80}$`)
	objectForm = regexp.MustCompile(`^[0-9a-f]{40,64}$`)
	checkForm  = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,40}$`)
)

// artifact is what a run left for later jobs. The job that made it processed what a
// stranger proposes, so everything in it is a claim.
type artifact struct {
	record runs.Record
	report report.Report // its Verdict is to be computed again
	cases  []eval.Case   // empty if the report has no verdict
}

// read reads the files of a run. Its error is errLost if there is no report,
// or another if anything is not as a run of this version writes it.
func read(dir string) (artifact, error) {
	var a artifact
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return a, errLost
	}
	if err != nil {
		return a, err
	}
	defer root.Close()
	data, err := content(root, reportFile, maxReport)
	if errors.Is(err, fs.ErrNotExist) {
		return a, errLost
	}
	if err != nil {
		return a, err
	}
	if a.report, err = report.DecodeStrict(data); err != nil {
		return a, err
	}
	if data, err = content(root, recordFile, maxRecord); err != nil {
		return a, err
	}
	if a.record, err = runs.DecodeStrict(data); err != nil {
		return a, err
	}
	if err := a.check(); err != nil {
		return a, fmt.Errorf("%s: %w", dir, err)
	}
	return a, a.readCases(root, dir)
}

// readCases reads the graded cases of a report with a verdict. A verdict on data
// alone has none.
func (a *artifact) readCases(root *os.Root, dir string) error {
	if a.report.State != report.Judged {
		return nil
	}
	data, err := content(root, casesFile, maxCases)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	path := filepath.Join(dir, filepath.FromSlash(casesFile))
	if a.cases, err = eval.ParseCases(path, data); err != nil {
		return err
	}
	for i, c := range a.cases {
		if c.Model == "" || !digestForm.MatchString(c.ModelID) {
			return fmt.Errorf("%s:%d: %.80q is not the model_id of a candidate or a baseline", path, i+1, c.ModelID)
		}
	}
	return nil
}

// content is a file of at most this many bytes. Nothing outside the root is
// read, whatever links are in it.
func content(root *os.Root, name string, most int64) ([]byte, error) {
	info, err := root.Stat(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > most {
		return nil, fmt.Errorf("%s: not a regular file of at most %d MiB, which is the limit of publish (hint: use fewer cases or shorter answers)", name, most>>20)
	}
	file, err := root.Open(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, most))
}

// decode reads a JSON file with exactly the fields of into.
func decode(root *os.Root, name string, most int64, into any) error {
	data, err := content(root, name, most)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%s: %w (hint: use the same version of tunegate in all jobs)", name, err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return fmt.Errorf("%s: trailing data after the JSON", name)
	}
	return nil
}

// check rejects what no run writes.
func (a artifact) check() error {
	r, told := a.record, a.report
	switch {
	case !runs.IsID(r.ID):
		return fmt.Errorf("%.60q is not a run ID", r.ID)
	case !commitForm.MatchString(r.HeadSHA) || !commitForm.MatchString(r.BaseSHA):
		return fmt.Errorf("%.80q and %.80q are not commit IDs", r.HeadSHA, r.BaseSHA)
	case !digestForm.MatchString(r.Lineage) && (r.Lineage != "" || slices.Contains([]report.State{report.Judged, report.Ready, report.Ungated}, told.State)):
		return fmt.Errorf("%.80q is not a lineage", r.Lineage)
	case r.Until != "" && !slices.Contains(step.Stages(), r.Until):
		return fmt.Errorf("%.40q is not a stage", r.Until)
	case told.CandidateTag != "" && !tagForm.MatchString(told.CandidateTag):
		return fmt.Errorf("%.120q is not a candidate's tag", told.CandidateTag)
	case told.Head.SHA != r.HeadSHA || told.Base.SHA != r.BaseSHA || told.Origin.Run != r.ID || told.Origin.Lineage != r.Lineage:
		return fmt.Errorf("%s and %s are from different runs", recordFile, reportFile)
	case !slices.Contains([]report.State{report.Judged, report.Ready, report.Stopped, report.Ungated, report.Cancelled, report.Broke, report.Running}, told.State):
		return fmt.Errorf("%.40q is not a run state", told.State)
	}
	if len(told.Notes) > maxNotes {
		return fmt.Errorf("too many notes: %d", len(told.Notes))
	}
	for i, note := range told.Notes {
		if strings.TrimSpace(note) == "" || len(note) > maxNoteBytes {
			return fmt.Errorf("note %d has %d bytes; the limit is %d", i+1, len(note), maxNoteBytes)
		}
	}
	for i, finding := range told.Findings {
		if err := checkFinding(finding); err != nil {
			return fmt.Errorf("finding %d: %w", i+1, err)
		}
	}
	return checkDigests(told)
}

// checkDigests rejects invalid digests in what a release would repeat.
func checkDigests(r report.Report) error {
	if e := r.Export; e != nil && !digestForm.MatchString(e.GGUFSHA256) {
		return fmt.Errorf("%.80q is not the digest of a model", e.GGUFSHA256)
	}
	if t := r.Training; t != nil && t.AdapterSHA256 != "" && !digestForm.MatchString(t.AdapterSHA256) {
		return fmt.Errorf("%.80q is not the digest of an adapter", t.AdapterSHA256)
	}
	for _, material := range r.Origin.Materials {
		if material.Digest != "" && !objectForm.MatchString(material.Digest) {
			return fmt.Errorf("%.80q is not a digest of %.80q", material.Digest, material.Name)
		}
	}
	return nil
}

func checkFinding(f dataset.Finding) error {
	switch {
	case !checkForm.MatchString(f.Check):
		return fmt.Errorf("%.60q is not a check", f.Check)
	case f.Level != string(dataset.Error) && f.Level != string(dataset.Warn):
		return fmt.Errorf("%.40q is not a level", f.Level)
	case !filepath.IsLocal(f.File):
		return fmt.Errorf("%.120q is not a path inside the repository", f.File)
	case f.Line < 1 || f.Column < 0:
		return fmt.Errorf("line %d, column %d is not a position in a file", f.Line, f.Column)
	}
	return nil
}
