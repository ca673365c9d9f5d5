package assertion

import (
	"testing"

	"github.com/tunegate/tunegate/internal/reference"
)

// given is an assert that has the fields, each with its example.
func given(name string, fields ...reference.Key) Given {
	g := Given{Type: name}
	for _, k := range fields {
		switch value := k.Example.(type) {
		case float64:
			g.Threshold = &value
		case []string:
			g.Values, g.HasValue = value, true
		case string:
			if k.Path == "of" {
				g.Of = value
			} else {
				g.Values, g.HasValue = []string{value}, true
			}
		}
	}
	return g
}

// TestTakesIsWhatParseTakes: what is written of an assertion's fields is what its
// Parse asks for.
func TestTakesIsWhatParseTakes(t *testing.T) {
	t.Parallel()
	all := append(noRepeat.Takes, contains.Takes...)
	for _, kind := range types {
		if _, err := Parse(given(kind.Name, kind.Takes...)); err != nil {
			t.Errorf("%s with its examples: %v", kind.Name, err)
		}
		for _, left := range kind.Takes {
			var fields []reference.Key
			for _, k := range kind.Takes {
				if k.Path != left.Path {
					fields = append(fields, k)
				}
			}
			if _, err := Parse(given(kind.Name, fields...)); (err != nil) != left.Required {
				t.Errorf("%s without %s: %v, required %v", kind.Name, left.Path, err, left.Required)
			}
		}
		for _, other := range all {
			known := false
			for _, k := range kind.Takes {
				known = known || k.Path == other.Path
			}
			if _, err := Parse(given(kind.Name, append([]reference.Key{other}, kind.Takes...)...)); !known && err == nil {
				t.Errorf("%s takes %s", kind.Name, other.Path)
			}
		}
	}
}
