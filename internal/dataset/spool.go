package dataset

import (
	"bufio"
	"os"
)

// spool keeps texts in a file without a name, so that they take no memory and need not
// be made twice.
type spool struct {
	file    *os.File
	written *bufio.Writer
	size    int64
}

// spooled is where a text lies.
type spooled struct {
	offset int64
	size   int32
}

// newSpool is in a folder, or where temporary files are.
func newSpool(dir string) (*spool, error) {
	file, err := os.CreateTemp(dir, ".texts-")
	if err != nil {
		return nil, err
	}
	return &spool{file: file, written: bufio.NewWriterSize(file, 1<<16)}, os.Remove(file.Name())
}

// add keeps a text of less than 2 GiB.
func (s *spool) add(text []byte) (spooled, error) {
	at := spooled{s.size, int32(len(text))}
	s.size += int64(len(text))
	_, err := s.written.Write(text)
	return at, err
}

// read gives a text, into a buffer where that is large enough.
func (s *spool) read(at spooled, buffer []byte) ([]byte, error) {
	if err := s.written.Flush(); err != nil {
		return nil, err
	}
	if cap(buffer) < int(at.size) {
		buffer = make([]byte, at.size)
	}
	buffer = buffer[:at.size]
	_, err := s.file.ReadAt(buffer, at.offset)
	return buffer, err
}

func (s *spool) Close() error { return s.file.Close() }
