package config

import (
	"math"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/strictyaml"
)

// The largest values that make sense, far above what anybody trains with.
const (
	maxSequence    = 1 << 20 // tokens
	maxBatch       = 4096    // rows of a micro batch, and micro batches of a step
	maxLoRAR       = 4096
	maxSanitySteps = 1000
	maxRows        = 1_000_000_000
)

func (p *parser) fail(at []any, format string, args ...any) {
	p.mistakes = append(p.mistakes, p.doc.Errorf(at, format, args...))
}

// check notes an error, if it is one.
func (p *parser) check(at []any, err error) {
	if err != nil {
		p.fail(at, "%w", err)
	}
}

// inside refuses a path that leaves the repository.
func (p *parser) inside(at []any, name string) {
	clean := path.Clean(strings.TrimPrefix(name, "./"))
	if name == "" || path.IsAbs(name) || strings.Contains(name, `\`) || !filepath.IsLocal(clean) {
		p.fail(at, "%q must be a path inside the repository (hint: a path from its top, with slashes and without ..)", name)
	}
}

// address is that of an Ollama server in one spelling: without a slash at its
// end, its host in lower case.
func (p *parser) address(at []any, value string) (address string, valid bool) {
	client, err := ollama.Dial(value)
	if err != nil {
		p.check(at, err)
		return "", false
	}
	return strings.TrimRight(client.Base(), "/"), true
}

// oneOf is the value, or the first known one when it is empty.
func (p *parser) oneOf(at []any, value string, known ...string) string {
	if value == "" {
		return known[0]
	}
	value = strings.ToLower(value)
	if !slices.Contains(known, value) {
		p.fail(at, "`%s`: unknown value %q (hint: choose one of %s)", strictyaml.Key(at...), value, strings.Join(known, ", "))
	}
	return value
}

func (p *parser) between(at []any, value, low, high int) int {
	if value < low || value > high {
		p.fail(at, "`%s`: %d is not from %d to %d", strictyaml.Key(at...), value, low, high)
	}
	return value
}

func (p *parser) above(at []any, value float64) float64 {
	if !(value > 0 && isFinite(value)) {
		p.fail(at, "`%s`: %v is not a finite number above 0", strictyaml.Key(at...), value)
	}
	return value
}

func (p *parser) share(at []any, value float64) float64 {
	if !(value >= 0 && value <= 1) {
		p.fail(at, "`%s`: %v is not a share from 0 to 1", strictyaml.Key(at...), value)
	}
	return value
}

func (p *parser) ratio(at []any, f *ratioFile) *gate.Ratio {
	if f == nil {
		return nil
	}
	if f.MaxRatio == nil {
		p.fail(at, "`max_ratio` is missing (hint: a number above 0, such as 1.25)")
		return nil
	}
	return &gate.Ratio{MaxRatio: p.above(append(at, "max_ratio"), *f.MaxRatio)}
}

// isFinite tells the numbers that JSON can hold.
func isFinite(value float64) bool { return !math.IsInf(value, 0) && !math.IsNaN(value) }

func or[T any](given *T, otherwise T) T {
	if given == nil {
		return otherwise
	}
	return *given
}
