package dataset

import (
	"crypto/sha256"
	"fmt"

	"github.com/tunegate/tunegate/internal/repo"
)

// Place is where a row's record stands in the judged tree.
type Place struct {
	File string
	Line int
	New  bool // no file of the base tip holds the record
}

// Places gives the place of each record of the head's files, by Row.Source.
func Places(head, base []repo.File) map[string]Place {
	kept := make(map[string]string, len(base)) // blobs by path
	known := make(map[[sha256.Size]byte]bool)
	for _, file := range base {
		kept[file.Path] = file.Blob
		_, records, _ := read(file.Path, file.Data)
		for _, r := range records {
			known[r.digest()] = true
		}
	}
	places := make(map[string]Place)
	for _, file := range head {
		same := kept[file.Path] == file.Blob
		f, records, _ := read(file.Path, file.Data)
		for _, r := range records {
			places[fmt.Sprintf("%s#%d", file.Path, r.number)] = Place{
				File: file.Path, Line: f.line(r.offset), New: !same && !known[r.digest()],
			}
		}
	}
	return places
}
