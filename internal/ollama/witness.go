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
	lateLimit  = 2 * time.Second // for a line of the log that is due
	namedAsked = 3               // foreign requests that a message names
)

// witness compares what a client sent to a server with what the server's log shows
// that it was asked, by method and path.
type witness struct {
	mu       sync.Mutex
	answered map[string]int // the log shows each of these, if not yet
	open     map[string]int // under way or cut: the log may show them
	logged   map[string]int
	silent   bool          // it has logged no request when one was due: none is waited for until it does
	wrote    chan struct{} // closed and replaced with each request in the log
}

func newWitness() *witness {
	return &witness{answered: map[string]int{}, open: map[string]int{}, logged: map[string]int{}, wrote: make(chan struct{})}
}

// noted tells a witness of each request that is sent.
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

// requestMark begins a line about a request, such as
//
//	[GIN] 2026/11/30 - 18:14:09 | 200 |    1.234ms |       127.0.0.1 | POST     "/api/chat"
const requestMark = "[GIN] "

var requestLine = regexp.MustCompile(`^\[GIN\] (?:[^|]*\|){4}\s*(\S+)\s+(".*")$`)

// Write takes one line of the server's log, as a proc.Cleaner gives it. A line
// about a request that cannot be read is a request that nobody sent.
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

// foreign names what the log shows and the client did not send; empty: nothing. It
// waits for the lines that are due, no longer than lateLimit.
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

// writeOff waits no longer for the lines that are due now, should they ever come.
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

// compare also says whether a line is due, and what is closed when one comes.
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
