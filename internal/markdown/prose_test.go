package markdown

import "testing"

func TestProse(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"27 of 60 cases regressed, 0 fixed (p < 0.0001); at least 3.0 points": "27 of 60 cases regressed, 0 fixed (p &lt; 0.0001); at least 3.0 points",
		"the baseline's tokens: +3.0 %":                                       "the baseline's tokens: +3.0 %",
		"near_duplicate 2":                                                    "`near_duplicate 2`",
		"see www.example.org":                                                 "`see www.example.org`",
		"see deadbeef1":                                                       "`see deadbeef1`",
		"like GH-12":                                                          "`like GH-12`",
		"a :tick: here":                                                       "`a :tick: here`",
		"@octocat":                                                            "`@octocat`",
		"<b>":                                                                 "`<b>`",
		"":                                                                    "`(empty)`",
		"two\nlines":                                                          "`two lines`",
	} {
		if got := Prose(s); got != want {
			t.Errorf("%q: got %s, want %s", s, got, want)
		}
	}
}
