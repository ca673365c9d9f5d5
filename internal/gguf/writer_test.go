package gguf

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"
)

// TestWriterGolden pins the bytes: a stored digest of a served model would no
// longer be met if they changed.
func TestWriterGolden(t *testing.T) {
	t.Parallel()
	const want = "b0fadccba7ae3b9c0bc6f6490862c86c3cbfa84bd0754cd4d11c0e23d50cce8b"
	sum := sha256.Sum256(write(t, sampleMetadata(), sampleTensors()))
	if got := hex.EncodeToString(sum[:]); got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
}

func TestWriterRefuses(t *testing.T) {
	t.Parallel()
	w, err := NewWriter(io.Discard, nil, []Tensor{{Name: "w", Type: F16, Dims: []uint64{2, 2}}})
	if err != nil {
		t.Fatal(err)
	}
	expect := func(err error, want string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	_, err = w.Write(make([]byte, 9))
	expect(err, `tensor "w" takes 8 more bytes, got 9`)
	expect(w.Close(), `tensor "w" lacks 8 bytes`)
	if _, err := w.Write(make([]byte, 8)); err != nil {
		t.Fatal(err)
	}
	_, err = w.Write([]byte{1})
	expect(err, "1 bytes after the last tensor")
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	_, err = NewWriter(io.Discard, nil, []Tensor{{Name: "q", Type: &Type{Name: "Q", Elements: 32, Bytes: 34}, Dims: []uint64{40, 2}}})
	expect(err, `"q" has rows of 40 elements, Q stores them in blocks of 32`)
	_, err = NewWriter(io.Discard, []KV{Uint32(alignmentKey, 5)}, nil)
	expect(err, alignmentKey)
}

// full fails from its n-th byte on, as a full disk does.
type full struct{ n int }

func (f *full) Write(p []byte) (int, error) {
	if f.n -= len(p); f.n < 0 {
		return 0, errors.New("no space left on device")
	}
	return len(p), nil
}

func TestWriterDiskFull(t *testing.T) {
	t.Parallel()
	tensors := sampleTensors()
	size := len(write(t, nil, tensors))
	for n := range size {
		w, err := NewWriter(&full{n}, nil, tensors)
		for i := 0; err == nil && i < len(tensors); i++ {
			_, err = w.Write(bytes.Repeat([]byte{1}, int(tensors[i].Size())))
		}
		if err == nil {
			t.Fatalf("no error with room for %d of %d bytes", n, size)
		}
	}
}
