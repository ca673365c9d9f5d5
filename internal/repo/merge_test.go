package repo

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

func TestMergeTreeReadsWhatMainWouldHold(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	f, r := open(t)
	f.diverge()

	merged, err := r.MergeTree(ctx, "main", "pr")
	if err != nil {
		t.Fatal(err)
	}
	tree, err := r.Tree(ctx, merged)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	all, err := tree.Match(ctx, "data/**")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range all {
		names = append(names, file.Path)
	}
	if got := strings.Join(names, " "); got != "data/a.json data/deep/b.json data/main.json data/pr.json" {
		t.Errorf("merged data: %s", got)
	}
	if all, err = tree.Match(ctx, "data/*.json"); err != nil {
		t.Fatal(err)
	}
	files, err := tree.Load(ctx, all, 100)
	if err != nil || len(files) != 3 || string(files[2].Data) != "[2]" {
		t.Errorf("loaded %+v, %v", files, err)
	}
	if _, err := tree.Read(ctx, "none.json", 1); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file gave %v", err)
	}
	if status := f.git("status", "--porcelain"); status != "" {
		t.Errorf("the working tree changed: %s", status)
	}
}

func TestMergeConflictSaysRebase(t *testing.T) {
	t.Parallel()
	f, r := open(t)
	f.git("checkout", "-qb", "pr")
	f.write("data/a.json", "[2]")
	f.commit("pr")
	f.git("checkout", "-q", "main")
	f.write("data/a.json", "[3]")
	f.commit("main")
	_, err := r.MergeTree(context.Background(), "main", "pr")
	if !errors.Is(err, ErrConflict) || !strings.Contains(err.Error(), "data/a.json") || !strings.Contains(err.Error(), "rebase") {
		t.Fatalf("got %v", err)
	}
}

func TestMergeObeysNoAttributes(t *testing.T) {
	t.Parallel()
	for _, where := range []string{".gitattributes", ".git/info/attributes", ".config/git/attributes"} {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			f, r := open(t)
			f.git("checkout", "-qb", "pr")
			f.write("data/a.json", "[2]")
			f.commit("pr")
			f.git("checkout", "-q", "main")
			f.write("data/a.json", "[3]")
			f.commit("main")
			f.write(where, "*.json merge=union\n")
			r.env = append(r.env, "HOME="+f.dir, "XDG_CONFIG_HOME="+filepath.Join(f.dir, ".config"))
			if tree, err := r.MergeTree(context.Background(), "main", "pr"); !errors.Is(err, ErrConflict) {
				t.Errorf("merged to %s, %v", tree, err)
			}
		})
	}
}

func TestMergeConflictQuotesNames(t *testing.T) {
	t.Parallel()
	f, r := open(t)
	f.git("checkout", "-qb", "pr")
	f.write("é\n##[error]", "2")
	f.commit("pr")
	f.git("checkout", "-q", "main")
	f.write("é\n##[error]", "3")
	f.commit("main")
	_, err := r.MergeTree(context.Background(), "main", "pr")
	if !errors.Is(err, ErrConflict) || !strings.Contains(err.Error(), `"é\n##[error]" (hint`) {
		t.Errorf("got %v", err)
	}
}
