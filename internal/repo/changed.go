package repo

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Changed lists the first files, at most this many, that one tree has and the other
// lacks or has with other content, and whose path is wanted, without their sizes.
func (r *Repo) Changed(ctx context.Context, from, to *Tree, most int, wanted func(path string) bool) ([]File, error) {
	var files []File
	err := r.inScratch("diff-tree", "-r", "-z", "--raw", "--no-renames", "--diff-filter=AM", from.ID, to.ID).run(ctx, func(out *bufio.Reader) error {
		for {
			meta, err := out.ReadString(0)
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			name, err := out.ReadString(0)
			if err != nil {
				return err
			}
			name = strings.TrimSuffix(name, "\x00")
			fields := strings.Fields(meta) // :MODE MODE BLOB BLOB STATUS
			if len(fields) == 5 && strings.HasPrefix(fields[1], "100") && len(files) < most && wanted(name) {
				files = append(files, File{Path: name, Blob: fields[3]})
			}
		}
	})
	if err != nil {
		return nil, fmt.Errorf("list the changes: %w", err)
	}
	return files, nil
}

var errEnough = errors.New("enough is read")

// Beginning returns at most the first most bytes of a file.
func (r *Repo) Beginning(ctx context.Context, file File, most int64) ([]byte, error) {
	var data []byte
	err := r.inRepo("cat-file", "blob", file.Blob).run(ctx, func(out *bufio.Reader) (err error) {
		if data, err = io.ReadAll(io.LimitReader(out, most)); err == nil && int64(len(data)) == most {
			err = errEnough // ends git
		}
		return err
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, fmt.Errorf("%q: %w", file.Path, err)
	}
	return data, nil
}
