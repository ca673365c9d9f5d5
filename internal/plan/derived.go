package plan

import (
	"context"
	"crypto/sha256"
	"errors"
	"strings"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/records"
	"github.com/tunegate/tunegate/internal/repo"
)

// answers are digests of questions with their answers.
type answers map[[sha256.Size]byte]bool

// answersOf reads files. White space is ignored: what prepares records may collapse
// it. Files with more records than are read count as empty.
func (p *Plan) answersOf(ctx context.Context, files []repo.File) (found answers, err error) {
	if repo.CheckSizes(files) != nil {
		return nil, nil
	}
	contents, err := p.contents(ctx, files)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, contents.Close()) }()
	found = make(answers)
	err = dataset.EachAnswer(ctx, contents.Files, func(question, answer string) {
		plain := func(text string) string { return strings.Join(strings.Fields(text), " ") }
		found[sha256.Sum256([]byte(plain(question)+"\n"+plain(answer)))] = true
	})
	if errors.Is(err, records.ErrTooMany) {
		return nil, nil
	}
	return found, err
}

// within reports whether there are any, and all of them are among others: then a file was
// made of those that have the others, as the playbook's targets do.
func (a answers) within(others answers) bool {
	for digest := range a {
		if !others[digest] {
			return false
		}
	}
	return len(a) > 0
}
