package dataset

import (
	"context"

	"github.com/tunegate/tunegate/internal/records"
	"github.com/tunegate/tunegate/internal/repo"
)

// EachAnswer hands over the last question and the answer of each record that has both.
// The files have their Data; what cannot be read of them is passed over. More records
// than are read are an error, [records.ErrTooMany].
func EachAnswer(ctx context.Context, files []repo.File, take func(question, answer string)) error {
	all, err := records.Read(ctx, files, records.MaxRecords)
	if err != nil {
		return err
	}
	for _, f := range all {
		for _, r := range f.Records {
			if err := ctx.Err(); err != nil {
				return err
			}
			if _, none := r.Mistake(); none {
				continue
			}
			if n := normalize(r, Options{}); n.question != "" && n.answer != "" {
				take(n.question, n.answer)
			}
		}
	}
	return nil
}
