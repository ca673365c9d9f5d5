package ollama

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// parseParameters reads a server's text of a tag's parameters: a name, spaces and a Go
// literal on each line, names in random order, one line for each value of a list. It
// returns numbers in decimal notation (1e+06 as 1000000), strings without quotes, lists
// in order.
func parseParameters(text string) (map[string][]string, error) {
	parameters := map[string][]string{}
	for line := range strings.Lines(text) {
		name, literal, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		literal = strings.TrimLeft(literal, " ")
		value, err := parseLiteral(literal)
		if err != nil || name == "" {
			return nil, fmt.Errorf("cannot read its parameter line %.100q", line)
		}
		parameters[name] = append(parameters[name], value)
	}
	return parameters, nil
}

func parseLiteral(literal string) (string, error) {
	if literal == "true" || literal == "false" {
		return literal, nil
	}
	if number, err := strconv.ParseFloat(literal, 64); err == nil && !math.IsInf(number, 0) && !math.IsNaN(number) {
		return strconv.FormatFloat(number, 'f', -1, 64), nil
	}
	if !strings.HasPrefix(literal, `"`) {
		return "", strconv.ErrSyntax
	}
	return strconv.Unquote(literal)
}
