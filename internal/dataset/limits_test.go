package dataset

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/proc/proctest"
	"github.com/tunegate/tunegate/internal/repo"
)

// What packs to little in git and is much in memory is refused, or found, before it is
// there; 16 MB of it stand for 94 here.
func TestHostileFilesTakeLittleMemory(t *testing.T) { // alone, as it measures the heap
	const size = 16 << 20
	full := func(s string) []byte { return bytes.Repeat([]byte(s), size/len(s)) }
	list := func(s string) []byte { return append(append([]byte("["), full(s+",")...), []byte(s+"]")...) }
	for name, test := range map[string]struct {
		path string
		data []byte
		most int64 // of the heap, in MiB
		want string
	}{
		"numbers":         {"a.json", list("1"), 300, "a.json:1: too many records: more than 1000000 in all (hint: leave files out of `dataset.sources`)"},
		"lines":           {"a.jsonl", full("1\n"), 400, "a.jsonl:1000001: too many records: more than 1000000 in all (hint: "},
		"bad lines":       {"a.jsonl", full("{\n"), 400, "a.jsonl:1000001: too many records: more than 1000000 in all (hint: "},
		"line ends":       {"a.jsonl", full("\n"), 8, "no record is left"},
		"line ends, JSON": {"a.json", append(full("\n"), '['), 8, "a.json:16777217:2: this is not JSON: unexpected EOF"},
		"members":         {"a.json", append(append([]byte("{"), full(`"a":1,`)...), []byte(`"a":1}`)...), 8, "a.json:1:1: the file is an object without a list"},
		"one record":      {"a.json", append(append([]byte("[{"), full(`"a":1,`)...), []byte(`"a":1}]`)...), 24, "a.json:1: the record holds 16777219 bytes, more than 1048576 (hint: split it)"},
		"one text":        {"a.json", append(append([]byte(`[{"question": "`), full(`\u0041 `)...), []byte(`", "answer": "a"}]`)...), 24, "a.json:1: the record holds "},
		"messages":        {"a.jsonl", append(append([]byte(`{"messages": [`), full(`{},`)...), []byte(`{}]}`)...), 24, "a.jsonl:1: the record holds "},
		"deep":            {"a.json", full("["), 8, "a.json:1:10001: this is not JSON: exceeded max depth"},
		"deep objects":    {"a.json", append([]byte("["), full(`{"a":`)...), 8, "a.json:1:49997: this is not JSON: "},
	} {
		in := Input{Head: []repo.File{{Path: test.path, Blob: "1", Data: test.data}}}
		var said string
		taken := proctest.Heap(func() {
			result, err := Build(t.Context(), options("*", 0), in, t.TempDir())
			if result.Blocked {
				said = result.Findings[0].Where() + ": " + result.Findings[0].Message
			} else if err != nil {
				said = err.Error()
			}
		})
		if !strings.HasPrefix(said, test.want) {
			t.Errorf("%s: %q, want %q", name, said, test.want)
		}
		if taken > test.most<<20 {
			t.Errorf("%s: %d MiB of heap, more than %d", name, taken>>20, test.most)
		}
	}
}

// What is read through Map is let go of at the end, also of an error.
func TestContentsAreClosed(t *testing.T) {
	t.Parallel()
	asked := 0
	in := Input{Head: []repo.File{{Path: "a.json", Blob: "1"}}, Base: []repo.File{{Path: "a.json", Blob: "0"}}}
	in.Map = func(_ context.Context, files []repo.File) (*repo.Contents, error) {
		if asked++; asked == 2 {
			return nil, errors.New("no base")
		}
		files[0].Data = []byte(`[{"question": "q", "answer": "a"}]`)
		return &repo.Contents{Files: files}, nil
	}
	if _, err := Build(t.Context(), options("*", 0), in, t.TempDir()); err == nil || err.Error() != "at the base: no base" {
		t.Error(err)
	}
}
