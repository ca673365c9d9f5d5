package starter

import (
	"bytes"
	"strings"
	"testing"
)

func TestWorkflows(t *testing.T) {
	t.Parallel()
	files, err := Workflows([]string{"gpu", "data"})
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, file := range files {
		paths = append(paths, file.Path)
		if !bytes.Contains(file.Data, []byte("\npermissions: {}\n")) {
			t.Errorf("%s begins with permissions", file.Path)
		}
	}
	if got := strings.Join(paths, " "); got != ".github/workflows/data.yml .github/workflows/gpu.yml" {
		t.Errorf("files %s", got)
	}
	if _, err := Workflows([]string{"data", "../data"}); err == nil || !strings.Contains(err.Error(), "known: data, gpu, promote, pull-request, retrain") {
		t.Errorf("an unknown workflow: %v", err)
	}
}
