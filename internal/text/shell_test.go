package text

import (
	"os/exec"
	"testing"
)

func TestShellWord(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"/home/a-b/c_1.d", "", "a b", "it's", `"$HOME" \x`, "~/x", "*", "a\nb", "é"} {
		out, err := exec.Command("sh", "-c", "printf %s "+ShellWord(value)).Output()
		if err != nil || string(out) != value {
			t.Errorf("%q: %q, %v", value, out, err)
		}
	}
}
