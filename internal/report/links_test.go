package report

import (
	"net/url"
	"strings"
	"testing"
)

const files = "https://git.example.org/euclid/tutor/blob/11985b5f"

func TestFileURL(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ files, file, want string }{
		{files, "data/raw.json", files + "/data/raw.json#L7"},
		{files + "/", "data/a b#c?d.json", files + "/data/a%20b%23c%3Fd.json#L7"},
		{files, "data/50%2F.json", files + "/data/50%252F.json#L7"},
		{files, "data/.../x", files + "/data/.../x#L7"},
		{files, `a"><script>alert(1)</script>`, files + "/a%22%3E%3Cscript%3Ealert%281%29%3C/script%3E#L7"},
		{files, "javascript:alert(1)", files + "/javascript:alert%281%29#L7"},
		{files, "../../other/repo", ""},
		{files, "/etc/passwd", ""},
		{files, "", ""},
		{files, ".", ""},
		{files, "data/..", ""},
		{"", "data/raw.json", ""},
		{"javascript:alert(1)//", "data/raw.json", ""},
		{"data:text/html,", "data/raw.json", ""},
		{"//git.example.org/x", "data/raw.json", ""},
		{"https:///x", "data/raw.json", ""},
		{"https://%zz", "data/raw.json", ""},
	} {
		if got := FileURL(test.files, test.file, 7); got != test.want {
			t.Errorf("%s, %s: %q, want %q", test.files, test.file, got, test.want)
		}
	}
}

func TestPlaceURL(t *testing.T) {
	t.Parallel()
	for place, want := range map[string]string{
		"data/raw.json:12": files + "/data/raw.json#L12", "a:b:3": files + "/a:b#L3", "data/raw.json": "", "x:0": "", "x:-1": "", "x:": "", ":3": "",
	} {
		if got := (Report{Links: Links{Head: files}}).PlaceURL(place); got != want {
			t.Errorf("%s: %q, want %q", place, got, want)
		}
	}
}

// A link stays below the address of the files, whatever the file's name.
func FuzzFileURL(f *testing.F) {
	for _, s := range []string{"", "a b#c?d", "../x", "/x", "<script>", "javascript:alert(1)", "a\x00\u202eb", "\xff"} {
		f.Add(s)
	}
	f.Add("..%2f..%2fx")
	f.Fuzz(func(t *testing.T, file string) {
		link := FileURL(files, file, 1)
		if link == "" {
			return
		}
		parsed, err := url.Parse(link)
		if err != nil || parsed.Host != "git.example.org" || !strings.HasPrefix(parsed.EscapedPath(), "/euclid/tutor/blob/11985b5f/") || parsed.RawQuery != "" {
			t.Errorf("%q: %s (%v)", file, link, err)
		}
	})
}

// A merged file links to the side that it is shown from.
func TestSides(t *testing.T) {
	t.Parallel()
	r := Report{
		Links: Links{Head: "https://example.org/head", Base: "https://example.org/base"},
		Sides: map[string]Side{"b": BaseSide, "n": Neither, "h": HeadSide},
	}
	for _, test := range []struct {
		side       Side
		file, want string
	}{
		{"", "h", "https://example.org/head/h#L3"}, {"", "b", "https://example.org/base/b#L3"}, {"", "n", ""}, {"", "missing", "https://example.org/head/missing#L3"},
		{BaseSide, "h", "https://example.org/base/h#L3"}, {Neither, "h", ""}, {HeadSide, "n", "https://example.org/head/n#L3"},
	} {
		if got := r.FileURL(test.side, test.file, 3); got != test.want {
			t.Errorf("%q of %s: %q, want %q", test.side, test.file, got, test.want)
		}
	}
}
