// Package text compares texts by their words, and makes untrusted texts safe to show. It
// measures similarity, finds near-duplicates, and measures how much of an answer repeats
// earlier text. Cleaned text has a limited length, is visible, and contains no commands
// for terminals or CI runners. All functions are pure.
package text
