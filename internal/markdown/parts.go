package markdown

import "strings"

// Paragraph ends a text with a line break; an empty text stays empty.
func Paragraph(text string) string {
	if text == "" {
		return ""
	}
	return text + "\n"
}

// Headed puts a heading before a text; an empty text stays empty.
func Headed(heading, text string) string {
	if text == "" {
		return ""
	}
	return heading + text
}

// Fold puts a text into a closed fold with a title; an empty text stays empty.
func Fold(title, text string) string {
	if text == "" {
		return ""
	}
	return "<details><summary>" + title + "</summary>\n\n" + text + "\n</details>\n"
}

// Row is a row of a table. Cells must not contain a pipe.
func Row(cells ...string) string { return "| " + strings.Join(cells, " | ") + " |\n" }
