package proc

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// maxLine limits a line on descriptor 3, in bytes.
const maxLine = 8 << 20

// readLines passes on the lines of descriptor 3 until the child closes it. A line that
// is too long ends the child.
func (p *Process) readLines(each func(line []byte)) error {
	defer p.lines.Close()
	err := scanLines(p.lines, each)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil
	}
	if err != nil {
		p.stop(err)
	}
	return err
}

// scanLines calls each with every complete line of in, without its line end; it drops
// an unterminated last line, cut off by the writer's death.
func scanLines(in io.Reader, each func(line []byte)) error {
	scanner := bufio.NewScanner(in)
	scanner.Buffer(nil, maxLine)
	scanner.Split(func(data []byte, atEOF bool) (int, []byte, error) {
		if end := bytes.IndexByte(data, '\n'); end >= 0 {
			return end + 1, data[:end], nil
		}
		if atEOF {
			return len(data), nil, nil
		}
		return 0, nil, nil
	})
	for scanner.Scan() {
		each(scanner.Bytes())
	}
	if err := scanner.Err(); errors.Is(err, bufio.ErrTooLong) {
		return fmt.Errorf("wrote a line of %d MiB or more on descriptor 3", maxLine>>20)
	} else if err != nil {
		return fmt.Errorf("descriptor 3: %w", err)
	}
	return nil
}
