package repo

import (
	"context"
	"os"
	"strings"
	"testing"
)

func TestMap(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	f, r := open(t)
	f.write("data/empty.json", "")
	f.commit("an empty file")
	tree, err := r.Tree(ctx, "main")
	if err != nil {
		t.Fatal(err)
	}
	files, err := tree.Match(ctx, "data/**")
	if err != nil {
		t.Fatal(err)
	}
	contents, err := r.Map(ctx, files)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, file := range contents.Files {
		got = append(got, file.Path+"="+string(file.Data))
	}
	if want := "data/a.json=[] data/deep/b.json=[1] data/empty.json="; strings.Join(got, " ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if left, err := os.ReadDir(r.scratch); err != nil || strings.Contains(left[0].Name(), "contents-") {
		t.Errorf("%v, %v", left, err)
	}
	if err := contents.Close(); err != nil {
		t.Error(err)
	}
	if nothing, err := r.Map(ctx, nil); err != nil || len(nothing.Files) != 0 || nothing.Close() != nil {
		t.Errorf("of no files: %+v, %v", nothing, err)
	}
	if _, err := r.Map(ctx, []File{{Path: "x", Size: maxFile + 1}}); err == nil || !strings.Contains(err.Error(), `"x" holds 268435457 bytes, more than 268435456 (hint: split it)`) {
		t.Errorf("a file that is too large: %v", err)
	}
}
