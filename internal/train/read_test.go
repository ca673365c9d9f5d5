package train

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/bounded"
)

// TestLargeFiles: what the trainer wrote is not taken into memory whatever its size.
func TestLargeFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{eventsFile, samplesFile, ChangesFile, resultFile} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Truncate(path, maxRead+1)); err != nil {
			t.Fatal(err)
		}
	}
	_, events := LoadLosses(dir)
	_, samples := LoadSamples(filepath.Join(dir, samplesFile))
	_, changes := changedModules(filepath.Join(dir, ChangesFile))
	_, result := load(dir)
	for name, err := range map[string]error{eventsFile: events, samplesFile: samples, ChangesFile: changes, resultFile: result} {
		if !errors.Is(err, bounded.ErrTooLarge) || !strings.Contains(err.Error(), name+": ") || !strings.Contains(err.Error(), "(hint: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
