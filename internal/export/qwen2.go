package export

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// qwen2 are Qwen2 and Qwen2.5.
var qwen2 = family{
	classes:      []string{"Qwen2ForCausalLM"},
	architecture: "qwen2",
	layers:       qwen2Layers,
	linears:      qwen2Linears,
	read:         readQwen2,
	tokenizer: byteLevelBPE{family: "Qwen2", splits: map[string]string{
		`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`: "qwen2",
	}}.metadata,
}

const qwen2Layers = "model.layers."

// qwen2Linears keep their rows in PyTorch's order.
var qwen2Linears = []linear{
	{module: "self_attn.q_proj", tensor: "attn_q"},
	{module: "self_attn.k_proj", tensor: "attn_k"},
	{module: "self_attn.v_proj", tensor: "attn_v"},
	{module: "self_attn.o_proj", tensor: "attn_output"},
	{module: "mlp.gate_proj", tensor: "ffn_gate"},
	{module: "mlp.up_proj", tensor: "ffn_up"},
	{module: "mlp.down_proj", tensor: "ffn_down"},
}

func readQwen2(configJSON []byte) (model, error) {
	c, err := parseConfig(configJSON)
	if err != nil {
		return model{}, err
	}
	const hint = "choose another base"
	switch {
	case c.Hidden%c.Heads != 0:
		return model{}, c.indivisible()
	case c.HeadSize != nil && *c.HeadSize != c.Hidden/c.Heads:
		return model{}, fmt.Errorf("head_dim %d is not hidden_size/num_attention_heads, which is not supported (hint: %s)", *c.HeadSize, hint)
	case c.Activation != "silu":
		return model{}, fmt.Errorf("hidden_act %q is not supported (hint: %s with silu)", c.Activation, hint)
	case c.SlidingWindow || slices.ContainsFunc(c.LayerTypes, func(t string) bool { return t != fullAttention }):
		return model{}, fmt.Errorf("use_sliding_window or a layer_types entry other than %s is not supported (hint: %s)", fullAttention, hint)
	}
	for _, r := range []*rope{c.RopeParameters, c.RopeScaling} {
		if r != nil && (r.kind() != "default" || r.Partial != nil && *r.Partial != 1) {
			return model{}, fmt.Errorf("rope_parameters or rope_scaling of the type %q is not supported (hint: %s with the default rope)", r.kind(), hint)
		}
	}
	if !(c.theta() > 0) {
		return model{}, errors.New("neither rope_parameters.rope_theta nor rope_theta is set (hint: download the model again)")
	}
	tied := tie{}
	if c.Tied {
		tied = tie{copy: "lm_head.weight", of: "model.embed_tokens.weight"}
	}
	return model{
		vocabulary: c.Vocabulary,
		bos:        c.BOS,
		metadata:   c.metadata("qwen2"),
		tensors:    qwen2Tensors(c),
		ignores: func(name string) bool {
			// Tied models may hold a copy of the embedding, old ones their rope table.
			return name == tied.copy || strings.HasSuffix(name, ".rotary_emb.inv_freq")
		},
		tied: tied,
	}, nil
}

func qwen2Tensors(c config) []tensor {
	kv := c.Hidden / c.Heads * c.KVHeads
	rows := map[string]int{
		"attn_q": c.Hidden, "attn_k": kv, "attn_v": kv, "attn_output": c.Hidden,
		"ffn_gate": c.Intermediate, "ffn_up": c.Intermediate, "ffn_down": c.Hidden,
	}
	all := []tensor{{name: "token_embd.weight", source: "model.embed_tokens.weight", shape: []int{c.Vocabulary, c.Hidden}}}
	for layer := range c.Layers {
		module, block := fmt.Sprintf("%s%d.", qwen2Layers, layer), fmt.Sprintf("blk.%d.", layer)
		all = append(all,
			tensor{name: block + "attn_norm.weight", source: module + "input_layernorm.weight", shape: []int{c.Hidden}},
			tensor{name: block + "ffn_norm.weight", source: module + "post_attention_layernorm.weight", shape: []int{c.Hidden}})
		for _, l := range qwen2Linears {
			columns := c.Hidden
			if l.tensor == "ffn_down" {
				columns = c.Intermediate
			}
			all = append(all, l.weight(qwen2Layers, layer, rows[l.tensor], columns, heads{c.Heads, c.KVHeads}))
			if slices.Contains([]string{"attn_q", "attn_k", "attn_v"}, l.tensor) {
				all = append(all, tensor{name: block + l.tensor + ".bias", source: module + l.module + ".bias", shape: []int{rows[l.tensor]}})
			}
		}
	}
	all = append(all, tensor{name: "output_norm.weight", source: "model.norm.weight", shape: []int{c.Hidden}})
	if !c.Tied {
		all = append(all, tensor{name: "output.weight", source: "lm_head.weight", shape: []int{c.Vocabulary, c.Hidden}})
	}
	return all
}
