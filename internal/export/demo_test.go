package export

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/base"
)

// TestDemoBase converts the demo's real base model, as transformers 5 saved it.
func TestDemoBase(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "base.gguf")
	digest, err := WriteBase(context.Background(), base.Open(filepath.Join("..", "..", "testdata", "demo", "base")), out)
	if err != nil {
		t.Fatal(err)
	}
	text := describe(t, out)
	for _, want := range []string{
		"general.architecture = qwen2\n", "qwen2.rope.freq_base = 10000\n", "tokenizer.ggml.pre = qwen2\n",
		`"<|endoftext|>" "<|im_start|>" "<|im_end|>"] []`, "tokenizer.ggml.add_bos_token = false\n", "tokenizer.ggml.eos_token_id = ",
		"token_embd.weight F16 [", "blk.2.ffn_down.weight F16 [512 256]\n", "output_norm.weight F32 [256]\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	for _, unwanted := range []string{"chat_template", "\noutput.weight"} {
		if strings.Contains(text, unwanted) {
			t.Errorf("%q in\n%s", unwanted, text)
		}
	}
	proof, err := Run(context.Background(), Options{"f16"}, out, nil, filepath.Join(t.TempDir(), "name-base.gguf"), nil)
	if err != nil || proof.Digest != digest {
		t.Errorf("NAME-base %v, %v; want the base's %v", proof.Digest, err, digest)
	}
}
