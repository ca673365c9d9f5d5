package dataset

import (
	"slices"

	"github.com/tunegate/tunegate/internal/records"
)

// Stats counts what the records came to. Rows count once, whatever their weight.
type Stats struct {
	Records    int `json:"records"`
	Rows       int `json:"rows"`
	Train      int `json:"train"`
	Validation int `json:"validation"`
	// TrainLines is the number of lines of train.jsonl: rows times weights.
	TrainLines int `json:"train_lines"`
	// Clusters is the number of groups that the split keeps together.
	Clusters  int `json:"clusters"`
	Errors    int `json:"errors"`
	Warnings  int `json:"warnings"`
	NewErrors int `json:"new_errors"`
	// FindingsLeftOut counts those that findings.jsonl lacks, which holds at most
	// 1,000 old and 1,000 new ones of a check.
	FindingsLeftOut int            `json:"findings_left_out"`
	Findings        map[string]int `json:"findings"` // by check
	Files           []FileStats    `json:"files"`
	Tags            map[string]int `json:"tags"` // rows by name=value
	AnswerWords     WordStats      `json:"answer_words"`
}

// FileStats counts the records of one file.
type FileStats struct {
	Path       string `json:"path"`
	Weight     int    `json:"weight"`
	License    string `json:"license"`
	Records    int    `json:"records"`
	Train      int    `json:"train"`
	Validation int    `json:"validation"`
}

// WordStats describes the length of the rows' answers in words. Percentiles are
// lengths that occur (nearest rank).
type WordStats struct {
	Mean float64 `json:"mean"`
	P50  int     `json:"p50"`
	P90  int     `json:"p90"`
	P99  int     `json:"p99"`
	Max  int     `json:"max"`
}

func (x *examination) statistics(heldOut []bool) Stats {
	s := Stats{
		Rows: len(x.entries), Tags: make(map[string]int), Findings: x.found.checks,
		Errors: x.found.errors, Warnings: x.found.warnings, NewErrors: x.found.newErrors, FindingsLeftOut: x.found.leftOut,
	}
	files := make(map[*records.File]*FileStats)
	for _, f := range x.files {
		files[f] = &FileStats{Path: f.Path, Weight: x.sources[f].Weight, License: x.sources[f].License, Records: f.Numbered}
		s.Records += f.Numbered
	}
	words := make([]int, len(x.entries))
	for i, e := range x.entries {
		if heldOut[i] {
			s.Validation++
			files[e.File].Validation++
		} else {
			s.Train++
			files[e.File].Train++
		}
		for name, value := range e.tags {
			s.Tags[name+"="+value]++
		}
		words[i] = e.words
	}
	for _, f := range x.files {
		s.Files = append(s.Files, *files[f])
	}
	s.AnswerWords = wordStats(words)
	return s
}

func wordStats(lengths []int) WordStats {
	if len(lengths) == 0 {
		return WordStats{}
	}
	slices.Sort(lengths)
	sum := 0
	for _, length := range lengths {
		sum += length
	}
	n := len(lengths)
	percentile := func(p int) int { return lengths[(p*n+99)/100-1] }
	return WordStats{
		Mean: float64(sum) / float64(n),
		P50:  percentile(50), P90: percentile(90), P99: percentile(99), Max: lengths[n-1],
	}
}
