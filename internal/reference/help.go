package reference

import (
	"fmt"
	"strings"
)

// What stands in a line of a list of keys, in columns of a terminal.
const (
	keyWidth     = 32
	defaultWidth = 21
	gap          = 2
)

// Help lists all keys by section, in lines of at most so many characters.
func (f Format) Help(width int) string {
	var out strings.Builder
	writeWrapped(&out, f.Name+": "+f.About, 0, width)
	for _, s := range f.Sections() {
		out.WriteString("\n")
		if s.Name != "" {
			writeWrapped(&out, s.Name+": "+s.Key.About, 0, width)
		}
		writeKeys(&out, s.Name, s.Keys, width)
	}
	if f.Values != "" {
		out.WriteString("\n" + f.Values)
	}
	return out.String()
}

// HelpOf says everything about the first of the keys, and lists the others, which
// stand in it.
func HelpOf(keys []Key, width int) string {
	var out strings.Builder
	k := keys[0]
	out.WriteString(k.Path + "\n")
	writeWrapped(&out, k.About, gap, width)
	out.WriteString("\n")
	for _, fact := range [][2]string{{"type", k.Type.Words}, {"default", k.Defaults()}, {"since", k.Introduced()}} {
		if fact[1] != "" {
			writeColumns(&out, []int{9, width}, fact[0], fact[1])
		}
	}
	if len(keys) > 1 {
		out.WriteString("\n")
		writeKeys(&out, k.Path, keys[1:], width)
	}
	if example := Example(keys); example != "" {
		out.WriteString("\n  example\n")
		for line := range strings.Lines(example) {
			out.WriteString("    " + line)
		}
	}
	return out.String()
}

func writeKeys(out *strings.Builder, section string, keys []Key, width int) {
	for _, k := range keys {
		if k.About == "" {
			continue
		}
		name := strings.TrimLeft(strings.TrimPrefix(k.Path, section), "[].")
		writeColumns(out, []int{keyWidth, defaultWidth, width - keyWidth - defaultWidth - 3*gap}, name, k.Defaults(), k.About)
	}
}

// writeColumns writes cells beside each other, each in lines of its width.
func writeColumns(out *strings.Builder, widths []int, cells ...string) {
	columns, height := make([][]string, len(cells)), 0
	for i, cell := range cells {
		columns[i] = wrap(cell, widths[i])
		height = max(height, len(columns[i]))
	}
	for row := range height {
		line := ""
		for i, column := range columns {
			text := ""
			if row < len(column) {
				text = column[row]
			}
			line += fmt.Sprintf("%*s%-*s", gap, "", widths[i], text)
		}
		out.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

func writeWrapped(out *strings.Builder, text string, indent, width int) {
	for _, line := range wrap(text, width-indent) {
		out.WriteString(strings.Repeat(" ", indent) + line + "\n")
	}
}

// wrap breaks a text between words.
func wrap(text string, width int) []string {
	var lines []string
	for _, word := range strings.Fields(text) {
		last := len(lines) - 1
		if last >= 0 && len(lines[last])+1+len(word) <= width {
			lines[last] += " " + word
			continue
		}
		lines = append(lines, word)
	}
	return lines
}
