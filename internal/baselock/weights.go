package baselock

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/tunegate/tunegate/internal/base"
)

// Weights identifies a weight file without reading all of it.
type Weights struct {
	Size   int64  `json:"size"`          // bytes
	Sample string `json:"sample_sha256"` // of the size and samples of the file
}

// The samples read from a file, spread evenly from its first byte to its last.
const (
	sampleCount = 64
	sampleSize  = 16 << 10
)

func isWeights(name string) bool { return strings.HasSuffix(name, ".safetensors") }

func fileSample(folder base.Folder, name string) (Weights, error) {
	w, err := sample(folder.Files, name)
	if err != nil {
		err = fmt.Errorf("%s: %w", folder.Path(name), err)
	}
	return w, err
}

func sample(files fs.FS, name string) (w Weights, err error) {
	file, err := files.Open(name)
	if err != nil {
		return w, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return w, err
	}
	from, ok := file.(io.ReaderAt)
	if !ok || !info.Mode().IsRegular() {
		return w, errors.New("not a regular file")
	}
	w.Size = info.Size()
	hash := sha256.New()
	if err := binary.Write(hash, binary.BigEndian, w.Size); err != nil {
		return w, err
	}
	last := max(0, w.Size-sampleSize) // start of the last sample
	for i := range int64(sampleCount) {
		at := last / (sampleCount - 1) * i
		if i == sampleCount-1 {
			at = last
		}
		if _, err := io.Copy(hash, io.NewSectionReader(from, at, sampleSize)); err != nil {
			return w, err
		}
	}
	w.Sample = hex.EncodeToString(hash.Sum(nil))
	return w, nil
}
