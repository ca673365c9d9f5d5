package config

import "slices"

// Promote says where a promoted model goes.
type Promote struct {
	// To are the addresses of servers that serve it, beside the one that it was
	// evaluated on.
	To []string
	// Keep is how many promoted versions are kept, the stable one among them; 0: all.
	Keep int
}

type promoteFile struct {
	To []struct {
		Ollama string `yaml:"ollama"`
	} `yaml:"to"`
	Keep *int `yaml:"keep"`
}

// minKeep: the stable version, and the one that a rollback goes to.
const minKeep = 2

func (p *parser) promote() Promote {
	var promote Promote
	for i, server := range p.file.Promote.To {
		at := []any{"promote", "to", i}
		address, valid := p.address(at, server.Ollama)
		if !valid {
			continue
		}
		if slices.Contains(promote.To, address) {
			p.fail(at, "%s is listed twice", address)
		}
		promote.To = append(promote.To, address)
	}
	if keep := p.file.Promote.Keep; keep != nil {
		if promote.Keep = *keep; *keep < minKeep {
			p.fail([]any{"promote", "keep"}, "%d versions are too few to keep (hint: %d or more: the stable one, and the one that a rollback goes to; leave it out to keep all)", *keep, minKeep)
		}
	}
	return promote
}
