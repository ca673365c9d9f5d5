package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/text"
)

// A command may print text from a pull request, a model, another program or
// the file of another run. A terminal shows no invisible character of it,
// and a runner takes none of it as a command.

// maxNote bounds a line that quotes untrusted text, in characters.
const maxNote = 1000

// quoted is untrusted text within a line.
func quoted(s string) string { return text.Line(s, maxNote) }

// fenced is untrusted text of several lines, each of which after the first
// follows a bar.
func fenced(s string) string {
	var out bytes.Buffer
	cleaner := proc.NewCleaner(&out, proc.Fence)
	fmt.Fprintln(cleaner, s)
	if err := cleaner.Close(); err != nil { // a bytes.Buffer does not fail
		return ""
	}
	return strings.TrimPrefix(out.String(), proc.Fence)
}

// printClean writes text of several lines, whose starts are this program's.
func printClean(w io.Writer, format string, args ...any) error {
	out := proc.NewCleaner(w, "")
	if _, err := fmt.Fprintf(out, format, args...); err != nil {
		return err
	}
	return out.Close()
}

// encode prints the result of a command with --json. Invisible characters are
// written as equivalent JSON escapes.
func (s *session) encode(result any) error {
	data, err := json.MarshalIndent(result, "", "  ")
	if err != nil {
		return err
	}
	_, err = s.world.stdout.Write(append(escaped(data), '\n'))
	return err
}

// escaped is JSON without invisible characters, which only its strings
// can have.
func escaped(data []byte) []byte {
	var out []byte
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		switch {
		case text.Visible(r):
			out = append(out, data[:size]...)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		data = data[size:]
	}
	return out
}
