package internal

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/reference/referencetest"
)

func TestLinksOfThePagesLeadSomewhere(t *testing.T) {
	t.Parallel()
	for _, path := range referencetest.Papers(t, "..") {
		for _, link := range referencetest.ReadPaper(t, path).Links {
			if strings.Contains(link, ":") {
				continue // of another site
			}
			file, anchor, anchored := strings.Cut(link, "#")
			to := path
			if file != "" {
				to = filepath.Join(filepath.Dir(path), file)
			}
			if _, err := os.Stat(to); err != nil {
				t.Errorf("%s: the link %s leads nowhere", path, link)
			} else if anchored && !slices.Contains(referencetest.ReadPaper(t, to).Anchors, anchor) {
				t.Errorf("%s: the link %s names no heading there", path, link)
			}
		}
	}
}

// A newcomer reads it to the end.
func TestReadmeIsShort(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(string(data), "\n"); lines > 150 {
		t.Errorf("README.md has %d lines, more than 150 (hint: move detail to docs)", lines)
	}
}

// errorName is the name of an error of the trainer or the exporter.
var errorName = regexp.MustCompile("[\"`]((?:base|export|guard|rows|spec|trainer)/[a-z0-9-]+)[\"`]")

func TestTroubleshootingHasEveryErrorName(t *testing.T) {
	t.Parallel()
	names := func(globs ...string) map[string]bool {
		found := make(map[string]bool)
		for _, glob := range globs {
			paths, err := filepath.Glob(glob)
			if err != nil || len(paths) == 0 {
				t.Fatalf("%s: no file, %v", glob, err)
			}
			for _, path := range paths {
				data, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				for _, match := range errorName.FindAllStringSubmatch(string(data), -1) {
					found[match[1]] = true
				}
			}
		}
		return found
	}
	code, page := names("python/programs/*.py", "export/error.go"), names("../docs/troubleshooting.md")
	for name := range code {
		if !page[name] {
			t.Errorf("docs/troubleshooting.md lacks %s", name)
		}
	}
	for name := range page {
		if !code[name] {
			t.Errorf("docs/troubleshooting.md has %s, which is gone from the code", name)
		}
	}
}
