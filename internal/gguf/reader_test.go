package gguf

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// edit returns a copy of data in which the little-endian number at offset at is v.
func edit(data []byte, at int, v uint64, size int) []byte {
	number := binary.LittleEndian.AppendUint64(nil, v)
	copied := bytes.Clone(data)
	copy(copied[at:], number[:size])
	return copied
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	good := write(t, []KV{Uint32("a", 1)}, []Tensor{{Name: "w", Type: F16, Dims: []uint64{2, 2}}, {Name: "v", Type: F32, Dims: []uint64{4}}})
	// 24 bytes of fixed header, then the entry "a": key 9, kind 4, value 4.
	const kind, tensor = 24 + 9, 24 + 9 + 4 + 4
	const dims, offset = tensor + 8 + 1, tensor + 8 + 1 + 4 + 16 + 4
	const second = offset + 8
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty":              {nil, "not a GGUF file"},
		"another format":     {[]byte("PK\x03\x04" + strings.Repeat(" ", 40)), "not a GGUF file"},
		"version 2":          {edit(good, 4, 2, 4), "version 2 is not supported"},
		"big-endian":         {edit(good, 4, 3<<24, 4), "little-endian"},
		"only the magic":     {good[:4], "truncated"},
		"cut in the header":  {good[:tensor+3], "a count of 2 does not fit"},
		"cut in the table":   {good[:second+20], "byte 95: the header needs 8 more bytes, but 7 are left"},
		"cut in the data":    {good[:len(good)-17], `"v" reaches beyond`},
		"too many tensors":   {edit(good, 8, 1<<60, 8), "count of 1152921504606846976"},
		"too many entries":   {edit(good, 16, 1<<60, 8), "count of 1152921504606846976"},
		"endless key":        {edit(good, 24, 1<<63, 8), "9223372036854775808 more bytes"},
		"unknown kind":       {edit(good, kind, 13, 4), `metadata "a": unknown value kind 13`},
		"no dimension":       {edit(good, dims, 0, 4), "convert the file to one of F32, F16, BF16"},
		"five dimensions":    {edit(good, dims, 5, 4), `"w" has 5 dimensions`},
		"zero columns":       {edit(good, dims+4, 0, 8), "impossible dimensions"},
		"too many columns":   {edit(good, dims+4, 1<<61, 8), "impossible dimensions"},
		"product overflows":  {edit(edit(good, dims+4, 1<<40, 8), dims+12, 1<<40, 8), "impossible dimensions"},
		"unknown type":       {edit(good, offset-4, 12, 4), `"w" has type 12`},
		"misaligned":         {edit(good, offset, 4, 8), "not a multiple of 32"},
		"far outside":        {edit(good, offset, 1<<63, 8), `"w" reaches beyond`},
		"overlap":            {edit(good, second+8+1+4+8+4, 0, 8), "overlap"},
		"same tensor":        {edit(good, second+8, 'w', 1), `duplicate tensor "w"`},
		"odd alignment":      {write(t, []KV{String("x", strings.Repeat("y", 8))}, nil), ""},
		"zero alignment":     {alignedTo(t, 0), "general.alignment"},
		"alignment of three": {alignedTo(t, 3), "general.alignment"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Known().Parse(bytes.NewReader(c.data), int64(len(c.data)))
			if c.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

func alignedTo(t *testing.T, n uint32) []byte {
	t.Helper()
	data := write(t, []KV{Uint32(alignmentKey, 32)}, sampleTensors())
	at := bytes.Index(data, []byte(alignmentKey)) + len(alignmentKey) + 4
	return edit(data, at, uint64(n), 4)
}

func TestParseRefusesArrays(t *testing.T) {
	t.Parallel()
	nested := KV{Key: "n", Type: TypeArray, Raw: append(appendArray(TypeArray, 1), appendArray(TypeUint8, 0)...)}
	huge := KV{Key: "h", Type: TypeArray, Raw: appendArray(TypeUint64, 1<<61)}
	twice := []KV{Uint32("a", 1), Uint32("a", 1)}
	for name, c := range map[string]struct {
		metadata []KV
		want     string
	}{
		"nested": {[]KV{nested}, `metadata "n": an array of kind 9 is not supported`},
		"huge":   {[]KV{huge}, `metadata "h": a count of`},
		"twice":  {twice, `duplicate metadata "a"`},
	} {
		data := write(t, c.metadata, nil)
		_, err := Known().Parse(bytes.NewReader(data), int64(len(data)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
}

func TestOpenNamesTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bad.gguf")
	if err := os.WriteFile(path, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{path, path + ".none", t.TempDir()} {
		if _, err := Known().Open(p); err == nil || !strings.Contains(err.Error(), p) {
			t.Errorf("error %v, want one with %s", err, p)
		}
	}
}

// FuzzParse demands that what Parse accepts can be written again and reads the same.
func FuzzParse(f *testing.F) {
	good := write(f, sampleMetadata(), sampleTensors())
	f.Add(good)
	f.Add(good[:100])
	f.Add(write(f, []KV{Uint32(alignmentKey, 64)}, sampleTensors()))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Known().Parse(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		again := write(t, file.Metadata, file.Tensors)
		second, err := Known().Parse(bytes.NewReader(again), int64(len(again)))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(write(t, second.Metadata, second.Tensors), again) {
			t.Error("not stable")
		}
	})
}
