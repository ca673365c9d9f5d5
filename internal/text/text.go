// Package text compares texts by their words, and makes untrusted ones fit to be shown.
// It measures how similar two texts are, finds near-duplicates among many, and says how
// much of an answer was said before. What it cleans keeps to a line or a size, can be
// seen, and means nothing to a terminal or a CI runner. Everything is a pure function
// of the texts.
package text
