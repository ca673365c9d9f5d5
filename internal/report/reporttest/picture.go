package reporttest

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/report"
)

// Pictured is the report in the pictures of the README.
func Pictured() report.Report {
	r := Tutor()
	r.Notes = nil
	return r
}

// A Picture is an image for the README: the top of a rendered HTML page, with the given
// width and height in pixels.
type Picture struct {
	Name          string // of the file in docs
	About         string // alternative text
	Width, Height int
	Style         string // CSS
	Body          string // the HTML's body element
}

// largest bounds a picture, in bytes.
const largest = 60_000

// Check compares the picture with its file in docs, which -update writes. It is a
// self-contained SVG; closed folds are empty, and links have no target.
func (p Picture) Check(t *testing.T) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(p.Body))
	decoder.Strict, decoder.AutoClose, decoder.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var svg strings.Builder
	fmt.Fprintf(&svg, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="%[2]d" viewBox="0 0 %[1]d %[2]d" role="img" aria-label="%[3]s">
<style>%[4]s</style>
<foreignObject width="%[1]d" height="%[2]d">`, p.Width, p.Height, escaped(p.About), escaped(p.Style))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if start, ok := token.(xml.StartElement); ok {
			err = element(decoder, start, &svg)
		}
		if err != nil {
			t.Fatalf("%s: %v", p.Name, err)
		}
	}
	svg.WriteString("</foreignObject>\n</svg>\n")
	if svg.Len() > largest {
		t.Errorf("%s has %d bytes, more than %d", p.Name, svg.Len(), largest)
	}
	Golden(t, filepath.Join("../../../../docs", p.Name), []byte(svg.String()))
}

// element writes an HTML element, whose start is read already, and its content as XML.
func element(decoder *xml.Decoder, start xml.StartElement, to *strings.Builder) error {
	name := start.Name.Local
	fmt.Fprintf(to, "<%s", name)
	switch name {
	case "body":
		to.WriteString(` xmlns="http://www.w3.org/1999/xhtml"`)
	case "svg":
		to.WriteString(` xmlns="http://www.w3.org/2000/svg"`)
	}
	closed := name == "details"
	for _, attr := range start.Attr {
		if attr.Name.Local == "href" {
			continue
		}
		closed = closed && attr.Name.Local != "open"
		fmt.Fprintf(to, ` %s="%s"`, attr.Name.Local, escaped(attr.Value))
	}
	to.WriteString(">")
	for {
		token, err := decoder.Token()
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.EndElement:
			fmt.Fprintf(to, "</%s>", name)
			return nil
		case xml.StartElement:
			if closed && token.Name.Local != "summary" {
				err = decoder.Skip()
			} else {
				err = element(decoder, token, to)
			}
			if err != nil {
				return err
			}
		case xml.CharData:
			if !closed {
				to.WriteString(escaped(string(token)))
			}
		}
	}
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

func escaped(s string) string { return escape.Replace(s) }
