package export

import "strings"

const (
	architecture = "qwen2"
	moduleLayers = "model.layers."
)

// linear is a matrix of one layer that an adapter can change.
type linear struct {
	module string // below model.layers.N
	tensor string // below blk.N
}

// linears are Qwen2's. GGUF keeps their rows in PyTorch's order; other
// architectures permute some.
var linears = []linear{
	{"self_attn.q_proj", "attn_q"},
	{"self_attn.k_proj", "attn_k"},
	{"self_attn.v_proj", "attn_v"},
	{"self_attn.o_proj", "attn_output"},
	{"mlp.gate_proj", "ffn_gate"},
	{"mlp.up_proj", "ffn_up"},
	{"mlp.down_proj", "ffn_down"},
}

// tensorOf returns the GGUF name of a module's matrix, false if it is no linear
// of a layer.
func tensorOf(module string) (string, bool) {
	rest, ok := strings.CutPrefix(module, moduleLayers)
	layer, part, cut := strings.Cut(rest, ".")
	for _, l := range linears {
		if ok && cut && l.module == part {
			return "blk." + layer + "." + l.tensor + ".weight", true
		}
	}
	return "", false
}
