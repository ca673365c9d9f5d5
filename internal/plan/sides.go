package plan

import (
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/report"
)

// Side is the commit at which a record file is as it was judged.
func (p *Plan) Side(path string) report.Side {
	at := slices.IndexFunc(p.Head, func(f repo.File) bool { return f.Path == path })
	if at < 0 {
		return report.Neither
	}
	judged := p.Head[at].Blob
	if slices.ContainsFunc(p.Base, func(f repo.File) bool { return f.Path == path && f.Blob == judged }) {
		return report.BaseSide
	}
	if p.headBlobs[path] == judged {
		return report.HeadSide
	}
	return report.Neither
}

// Sides are those of the record files that findings name.
func (p *Plan) Sides(findings []dataset.Finding) map[string]report.Side {
	sides := make(map[string]report.Side)
	for _, finding := range findings {
		see := finding.See[:max(0, strings.LastIndexByte(finding.See, ':'))]
		for _, path := range []string{finding.File, see} {
			if _, known := sides[path]; !known && slices.ContainsFunc(p.Head, func(f repo.File) bool { return f.Path == path }) {
				sides[path] = p.Side(path)
			}
		}
	}
	return sides
}
