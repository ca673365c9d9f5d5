package register

import "testing"

func TestOwnSystem(t *testing.T) {
	t.Parallel()
	const qwen25 = `{%- if tools %}
    {{- '<|im_start|>system\n' }}
    {%- if messages[0]['role'] == 'system' %}
        {{- messages[0]['content'] }}
    {%- else %}
        {{- 'You are Qwen, created by Alibaba Cloud. You are a helpful assistant.' }}
    {%- endif %}
{%- else %}
    {%- if messages[0]['role'] == 'system' %}
        {{- '<|im_start|>system\n' + messages[0]['content'] + '<|im_end|>\n' }}
    {%- else %}
        {{- '<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\n' }}
    {%- endif %}
{%- endif %}`
	const qwen2 = `{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n' }}{% endif %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}`
	for name, tt := range map[string]struct{ template, want string }{
		"qwen2.5":      {qwen25, "You are Qwen, created by Alibaba Cloud. You are a helpful assistant."},
		"qwen2":        {qwen2, "You are a helpful assistant."},
		"line break":   {"{% if messages[0].role != \"system\" %}{{ \"<|im_start|>system\nBe kind.<|im_end|>\n\" }}", "Be kind."},
		"given only":   {`{%- if messages[0].role == 'system' %}{{- '<|im_start|>system\n' + messages[0].content + '<|im_end|>\n' }}{%- endif %}`, ""},
		"else, given":  {`{%- else %}{{- '<|im_start|>system\n' + messages[0].content + '<|im_end|>\n' }}`, ""},
		"tools only":   {`{%- if tools %}{{- '<|im_start|>system\nYou may call tools.<|im_end|>\n' }}{%- endif %}`, ""},
		"no templates": {"", ""},
	} {
		if got := ownSystem(tt.template); got != tt.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
