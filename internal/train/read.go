package train

import (
	"errors"
	"fmt"

	"github.com/tunegate/tunegate/internal/bounded"
)

// maxRead limits a file written by the trainer, in bytes. A step's event has about 150.
const maxRead = 256 << 20

func readTrained(path string) ([]byte, error) {
	data, err := bounded.ReadFile(path, maxRead)
	if errors.Is(err, bounded.ErrTooLarge) {
		err = fmt.Errorf("%w (hint: train again: no training writes a file this large)", err)
	}
	return data, err
}
