// Package text is what is done with texts whoever wrote them. It compares them by
// their words: in go questions and answers, out come how alike two of them are,
// which of many are nearly the same, and how much of an answer was said before.
// And it makes them fit to be shown: in goes anything, out comes text that can be
// seen, keeps to a line or a size, and means nothing to a terminal or a CI runner.
// Everything is a pure function of the texts.
package text
