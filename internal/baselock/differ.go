package baselock

import (
	"fmt"
	"maps"
	"slices"
)

// maxTokens limits how many tokens are named individually.
const maxTokens = 3

// Differences describes how a base differs from the lock, a few words for each part;
// empty where it is the same base. The config's name for it does not count.
func (l Lock) Differences(now Lock) (parts []string) {
	for _, name := range names(l.Files, now.Files) {
		parts = append(parts, differs(l.Files, now.Files, name)...)
	}
	if l.Weights != nil && now.Weights != nil {
		for _, name := range names(l.Weights, now.Weights) {
			parts = append(parts, differs(l.Weights, now.Weights, name)...)
		}
	}
	parts = append(parts, tokenDifferences("special token", l.SpecialTokens, now.SpecialTokens)...)
	parts = append(parts, tokenDifferences("stop token", l.StopTokens, now.StopTokens)...)
	if l.ChatTemplate != now.ChatTemplate {
		parts = append(parts, "the chat template differs")
	}
	if l.Context != now.Context {
		parts = append(parts, fmt.Sprintf("the context is %d tokens, not %d", now.Context, l.Context))
	}
	return parts
}

func names[V any](a, b map[string]V) []string {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]V{}
	}
	maps.Copy(all, b)
	return slices.Sorted(maps.Keys(all))
}

func differs[V comparable](was, is map[string]V, name string) []string {
	before, had := was[name]
	now, has := is[name]
	switch {
	case !has:
		return []string{name + " is missing"}
	case !had:
		return []string{name + " was added"}
	case before != now:
		return []string{name + " differs"}
	}
	return nil
}

func tokenDifferences(what string, was, is []Token) (parts []string) {
	for _, side := range []struct {
		of, others []Token
		words      string
	}{{is, was, "was added"}, {was, is, "was removed"}} {
		left, others := 0, map[Token]bool{}
		for _, token := range side.others {
			others[token] = true
		}
		for _, token := range side.of {
			if others[token] {
				continue
			}
			if left++; left <= maxTokens {
				parts = append(parts, fmt.Sprintf("the %s %.60q (%d) %s", what, token.Content, token.ID, side.words))
			}
		}
		if left > maxTokens {
			parts = append(parts, fmt.Sprintf("and %d more", left-maxTokens))
		}
	}
	return parts
}
