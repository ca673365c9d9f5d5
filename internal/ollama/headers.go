package ollama

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// Headers that Ollama's archive lacks, with the Debian packages that have them.
var (
	headerFiles    = []string{"nlohmann/json.hpp", "stb/stb_image.h"}
	headerPackages = []string{"nlohmann-json3-dev", "libstb-dev"}
)

var systemHeaders = []string{"/usr/include", "/usr/local/include"}

const headerHint = "apt-get install nlohmann-json3-dev libstb-dev"

func headerFolder(home string) string { return filepath.Join(home, "ollama", "headers") }

// HeaderFolders lists where Build looks for the C++ headers that Ollama's archive
// lacks: the system's folders and the one that it downloads them to.
func HeaderFolders(home string) []string {
	return append(slices.Clone(systemHeaders), filepath.Join(headerFolder(home), "usr", "include"))
}

// headers returns a folder with headerFiles for the compiler's search path: one of the
// system's, else folder/usr/include, filled from Debian packages without installing
// them (which needs no root).
func (b *builder) headers(ctx context.Context, folder string, system []string) (string, error) {
	fetched := filepath.Join(folder, "usr", "include")
	for _, include := range append(system, fetched) {
		if HasHeaders(include) {
			return include, nil
		}
	}
	for _, program := range []string{"apt-get", "dpkg-deb"} {
		path, err := b.tools.LookPath(program)
		if err != nil {
			return "", fmt.Errorf("ollama: cannot build Ollama: the headers %q are missing (hint: run `%s`, or put them under /usr/local/include)", headerFiles, headerHint)
		}
		b.programs[program] = path
	}
	if err := b.fetchHeaders(ctx, folder); err != nil {
		return "", fmt.Errorf("%w (hint: run `%s`)", err, headerHint)
	}
	if !HasHeaders(fetched) {
		return "", fmt.Errorf("ollama: the packages %q lack the headers %q (hint: run `%s`)", headerPackages, headerFiles, headerHint)
	}
	return fetched, nil
}

// HasHeaders reports whether a folder has the C++ headers that Ollama's archive lacks.
func HasHeaders(include string) bool {
	for _, name := range headerFiles {
		if _, err := os.Stat(filepath.Join(include, name)); err != nil {
			return false
		}
	}
	return true
}

func (b *builder) fetchHeaders(ctx context.Context, folder string) error {
	const doing = "downloading C++ headers (about 1 MB, with package lists about 15 MB)"
	partial := folder + ".partial"
	lists, cache := filepath.Join(partial, "lists"), filepath.Join(partial, "cache")
	for _, old := range []string{partial, folder} {
		if err := os.RemoveAll(old); err != nil {
			return fmt.Errorf("ollama: %w", err)
		}
	}
	for _, dir := range []string{filepath.Join(lists, "partial"), filepath.Join(cache, "archives", "partial")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("ollama: %w", err)
		}
	}
	env := buildEnv(b.tools.Env)
	download := append([]string{"download"}, headerPackages...)
	if _, err := b.run(ctx, doing, partial, env, "apt-get", download...); err != nil {
		// The system has no package lists: download them to our own folder.
		own := []string{"-o", "Dir::State::Lists=" + lists, "-o", "Dir::Cache=" + cache, "-o", "APT::Sandbox::User=root"}
		if _, err := b.run(ctx, doing, partial, env, "apt-get", append(own, "update")...); err != nil {
			return err
		}
		if _, err := b.run(ctx, doing, partial, env, "apt-get", append(own, download...)...); err != nil {
			return err
		}
	}
	packages, err := filepath.Glob(filepath.Join(partial, "*.deb"))
	if err != nil {
		return fmt.Errorf("ollama: %w", err)
	}
	root := filepath.Join(partial, "root")
	for _, path := range packages {
		if _, err := b.run(ctx, "unpacking C++ headers", partial, env, "dpkg-deb", "-x", path, root); err != nil {
			return err
		}
	}
	if err := os.Rename(root, folder); err != nil {
		return fmt.Errorf("ollama: %w", err)
	}
	return os.RemoveAll(partial)
}
