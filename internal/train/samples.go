package train

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// The phases of a sample.
const (
	Sanity = "sanity" // after the short run
	Final  = "final"  // after the full run, from the merged model
)

// Sample is a sanity prompt with greedy answers by base and adapter.
type Sample struct {
	Phase   string `json:"phase"`
	Steps   int    `json:"steps"` // that the adapter was trained for
	Prompt  string `json:"prompt"`
	Base    string `json:"base"`
	Adapter string `json:"adapter"`
}

// LoadSamples reads the samples.jsonl of a finished run.
func LoadSamples(path string) ([]Sample, error) {
	data, err := readTrained(path)
	if err != nil {
		return nil, err
	}
	var samples []Sample
	number := 0
	for line := range bytes.Lines(data) {
		number++
		var s sampleLine
		if err := json.Unmarshal(line, &s); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, number, err)
		}
		samples = append(samples, s.sample())
	}
	return samples, nil
}

// sampleLine is a line of samples.jsonl: its prompt is a conversation.
type sampleLine struct {
	Sample
	Prompt []struct {
		Content string `json:"content"`
	} `json:"prompt"`
}

// sample keeps only the conversation's question.
func (l sampleLine) sample() Sample {
	s := l.Sample
	if len(l.Prompt) > 0 {
		s.Prompt = l.Prompt[len(l.Prompt)-1].Content
	}
	return s
}
