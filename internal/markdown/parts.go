package markdown

import "strings"

// Paragraph is a text on lines of its own; no text has none.
func Paragraph(text string) string {
	if text == "" {
		return ""
	}
	return text + "\n"
}

// Headed is a text behind its heading; no text has none.
func Headed(heading, text string) string {
	if text == "" {
		return ""
	}
	return heading + text
}

// Fold hides a text behind a title until it is opened.
func Fold(title, text string) string {
	if text == "" {
		return ""
	}
	return "<details><summary>" + title + "</summary>\n\n" + text + "\n</details>\n"
}

// Row is a row of a table. The cells hold no pipe.
func Row(cells ...string) string { return "| " + strings.Join(cells, " | ") + " |\n" }
