package train

import (
	"errors"
	"fmt"

	"github.com/tunegate/tunegate/internal/bounded"
)

// maxRead bounds a file that the trainer wrote, in bytes. A step is an event of some 150.
const maxRead = 256 << 20

func readTrained(path string) ([]byte, error) {
	data, err := bounded.ReadFile(path, maxRead)
	if errors.Is(err, bounded.ErrTooLarge) {
		err = fmt.Errorf("%w (hint: train again: no training writes a file this large)", err)
	}
	return data, err
}
