package ollama

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	lateLimit  = 2 * time.Second // for an expected log line
	namedAsked = 3               // foreign requests listed in a message
)

// witness compares a client's requests with those in the server's log, by method and
// path.
type witness struct {
	mu       sync.Mutex
	answered map[string]int // expected in the log, if not there yet
	open     map[string]int // in progress or aborted: may be in the log
	logged   map[string]int
	silent   bool          // an expected request was not logged: do not wait until one is
	wrote    chan struct{} // closed and replaced with each request in the log
}

func newWitness() *witness {
	return &witness{answered: map[string]int{}, open: map[string]int{}, logged: map[string]int{}, wrote: make(chan struct{})}
}

// noted reports each sent request to a witness.
type noted struct {
	http.RoundTripper
	witness *witness
}

func (n noted) RoundTrip(request *http.Request) (*http.Response, error) {
	asked := request.Method + " " + request.URL.Path
	if request.URL.RawQuery != "" {
		asked += "?" + request.URL.RawQuery
	}
	n.witness.note(n.witness.open, asked, 1)
	response, err := n.RoundTripper.RoundTrip(request)
	if err == nil {
		n.witness.note(n.witness.open, asked, -1)
		n.witness.note(n.witness.answered, asked, 1)
	}
	return response, err
}

func (w *witness) note(counts map[string]int, asked string, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	counts[asked] += n
}

// requestMark starts a log line about a request, such as
//
//	[GIN] 2026/11/30 - 18:14:09 | 200 |    1.234ms |       127.0.0.1 | POST     "/api/chat"
const requestMark = "[GIN] "

var requestLine = regexp.MustCompile(`^\[GIN\] (?:[^|]*\|){4}\s*(\S+)\s+(".*")$`)

// Write receives a line of the server's log from a proc.Cleaner. An unreadable line
// about a request counts as foreign.
func (w *witness) Write(line []byte) (int, error) {
	if !bytes.HasPrefix(line, []byte(requestMark)) {
		return len(line), nil
	}
	asked := strings.TrimSpace(string(line))
	if read := requestLine.FindStringSubmatch(asked); read != nil {
		if path, err := strconv.Unquote(read[2]); err == nil {
			asked = read[1] + " " + path
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.logged[asked]++
	w.silent = false
	close(w.wrote)
	w.wrote = make(chan struct{})
	return len(line), nil
}

// foreign lists logged requests that the client did not send; empty: none. It waits for
// expected lines, no longer than lateLimit.
func (w *witness) foreign(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, lateLimit)
	defer cancel()
	for {
		foreign, due, wrote := w.compare()
		if foreign != "" || !due {
			return foreign
		}
		select {
		case <-wrote:
		case <-ctx.Done():
			w.writeOff()
			return ""
		}
	}
}

// writeOff stops waiting for the lines expected now, which may still arrive.
func (w *witness) writeOff() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.silent = len(w.logged) == 0
	for asked, n := range w.answered {
		if missing := n - w.logged[asked]; missing > 0 {
			w.answered[asked] -= missing
			w.open[asked] += missing
		}
	}
}

// compare also returns whether a line is expected, and a channel closed when one arrives.
func (w *witness) compare() (foreign string, due bool, wrote <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var named []string
	for _, asked := range slices.Sorted(maps.Keys(w.logged)) {
		if more := w.logged[asked] - w.answered[asked] - w.open[asked]; more > 0 {
			named = append(named, fmt.Sprintf("%.200q", asked))
		}
	}
	for asked, n := range w.answered {
		due = due || !w.silent && w.logged[asked] < n
	}
	if len(named) > namedAsked {
		named = append(named[:namedAsked], "and others")
	}
	return strings.Join(named, ", "), due, w.wrote
}
