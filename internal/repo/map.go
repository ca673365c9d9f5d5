package repo

import (
	"context"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// Contents are files with their Data, which lies in a file without a name instead of
// in memory that is always taken.
type Contents struct {
	Files  []File
	mapped []byte
}

// Map reads files of any tree, all in one call of git. Files of more than 256 MiB, or
// more than 1 GiB together, are an error before any is read. The Data can be read
// until Close.
func (r *Repo) Map(ctx context.Context, files []File) (*Contents, error) {
	if err := CheckSizes(files); err != nil {
		return nil, err
	}
	spool, err := os.CreateTemp(r.scratch, "contents-")
	if err != nil {
		return nil, err
	}
	defer spool.Close()
	if err := os.Remove(spool.Name()); err != nil {
		return nil, err
	}
	if err := r.contents(ctx, files, func(_ File, content io.Reader) error {
		_, err := io.Copy(spool, content)
		return err
	}); err != nil {
		return nil, err
	}
	return mapped(spool, files)
}

// mapped cuts the spooled contents into those of the files.
func mapped(spool *os.File, files []File) (*Contents, error) {
	var total int64
	for _, file := range files {
		total += file.Size
	}
	c := &Contents{}
	if total > 0 {
		var err error
		if c.mapped, err = unix.Mmap(int(spool.Fd()), 0, int(total), unix.PROT_READ, unix.MAP_PRIVATE); err != nil {
			return nil, os.NewSyscallError("mmap", err)
		}
	}
	left := c.mapped
	for _, file := range files {
		file.Data, left = left[:file.Size:file.Size], left[file.Size:]
		c.Files = append(c.Files, file)
	}
	return c, nil
}

// Release frees the memory of the Data, which is read again
// when used.
func (c *Contents) Release() error {
	if c.mapped == nil {
		return nil
	}
	return unix.Madvise(c.mapped, unix.MADV_DONTNEED)
}

// Close ends all use of the Data.
func (c *Contents) Close() error {
	if c.mapped == nil {
		return nil
	}
	err := unix.Munmap(c.mapped)
	c.mapped, c.Files = nil, nil
	return err
}
