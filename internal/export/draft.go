package export

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"os"
)

// draft is a file under its temporary name, hashed while it is written.
type draft struct {
	file *os.File
	hash hash.Hash
	size int64
}

// Write hashes and writes at the same time: each takes about as long.
func (d *draft) Write(p []byte) (int, error) {
	hashed := make(chan struct{})
	go func() {
		d.hash.Write(p)
		close(hashed)
	}()
	n, err := d.file.Write(p)
	<-hashed
	d.size += int64(n)
	return n, err
}

// writeFile creates the file at path: fill writes it under a temporary name in the same
// folder, check reads it there, and only then is it renamed. The temporary name is
// always the same, so that the next attempt overwrites what a killed one left.
func writeFile(path string, fill func(*draft) error, check func(written string) error) (_ Digest, err error) {
	partial := path + ".partial"
	file, err := os.OpenFile(partial, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return Digest{}, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(partial))
		}
	}()
	d := &draft{file: file, hash: sha256.New()}
	err = fill(d)
	if err == nil {
		err = file.Sync()
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return Digest{}, err
	}
	if err := check(partial); err != nil {
		return Digest{}, err
	}
	return Digest{GGUFSHA256: hex.EncodeToString(d.hash.Sum(nil)), Size: d.size}, os.Rename(partial, path)
}
