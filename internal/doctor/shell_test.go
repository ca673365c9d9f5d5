package doctor

import "testing"

func TestQuoteAll(t *testing.T) {
	t.Parallel()
	if got := quoteAll([]string{"/a", "/b c"}); got != "/a '/b c'" {
		t.Errorf("got %s", got)
	}
}
