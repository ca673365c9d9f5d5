package dataset

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tunegate/tunegate/internal/place"
)

// stable makes equal values equal bytes. A file's path may hold any bytes.
var stable = json.JoinOptions(json.Deterministic(true), jsontext.AllowInvalidUTF8(true))

func (x *examination) save(ctx context.Context, dir string, train, validation []int, result Result) error {
	return errors.Join(
		x.saveRows(ctx, filepath.Join(dir, "train.jsonl"), train),
		x.saveRows(ctx, filepath.Join(dir, "val.jsonl"), validation),
		saveFile(filepath.Join(dir, place.File), func(w io.Writer) error {
			for _, k := range x.entries {
				if err := writeLine(w, k.place()); err != nil {
					return err
				}
			}
			return nil
		}),
		saveFile(filepath.Join(dir, "findings.jsonl"), func(w io.Writer) error {
			for _, finding := range result.Findings {
				if err := writeLine(w, finding); err != nil {
					return err
				}
			}
			return nil
		}),
		saveFile(filepath.Join(dir, "stats.json"), func(w io.Writer) error {
			return writeLine(w, result.Stats, jsontext.WithIndent("  "))
		}),
	)
}

func (x *examination) saveRows(ctx context.Context, path string, lines []int) error {
	return saveFile(path, func(w io.Writer) error {
		var buffer []byte
		for _, i := range lines {
			if err := ctx.Err(); err != nil {
				return err
			}
			row, err := x.row(i, buffer)
			if err != nil {
				return err
			}
			if err := writeLine(w, row); err != nil {
				return err
			}
			buffer = row.Messages
		}
		return nil
	})
}

func writeLine(w io.Writer, value any, options ...json.Options) error {
	if err := json.MarshalWrite(w, value, append(options, stable)...); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func saveFile(path string, write func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	buffer := bufio.NewWriter(file)
	return errors.Join(write(buffer), buffer.Flush(), file.Close())
}

// Rows reads train.jsonl or val.jsonl line by line. With an error it ends.
func Rows(path string) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		file, err := os.Open(path)
		if err != nil {
			yield(Row{}, err)
			return
		}
		defer file.Close()
		decoder := jsontext.NewDecoder(bufio.NewReader(file), jsontext.AllowInvalidUTF8(true))
		for {
			var row Row
			switch err := json.UnmarshalDecode(decoder, &row); {
			case errors.Is(err, io.EOF):
				return
			case err != nil:
				yield(row, fmt.Errorf("%s: %w", path, err))
				return
			case !yield(row, nil):
				return
			}
		}
	}
}
