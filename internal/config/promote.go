package config

import "slices"

// Promote says where a promoted model goes.
type Promote struct {
	// To are the addresses of servers that serve it, beside the one that it was
	// evaluated on.
	To []string
}

type promoteFile struct {
	To []struct {
		Ollama string `yaml:"ollama"`
	} `yaml:"to"`
}

func (p *parser) promote() Promote {
	var promote Promote
	for i, server := range p.file.Promote.To {
		at := []any{"promote", "to", i}
		address, valid := p.address(at, server.Ollama)
		if !valid {
			continue
		}
		if slices.Contains(promote.To, address) {
			p.fail(at, "%s is named twice", address)
		}
		promote.To = append(promote.To, address)
	}
	return promote
}
