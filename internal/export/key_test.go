package export

import "testing"

// TestKeys pins the keys: another one would make every kept result again.
func TestKeys(t *testing.T) {
	t.Parallel()
	changes := []Change{{Module: "m", Shape: [2]int{2, 3}, Norm: 0.5, Samples: []Sample{{1, 2, -0.25}}}}
	for want, got := range map[string]string{
		"9254b456c9d10938e084aca90f0f1743e54c25a75b24d7ce72bea87fb9d14899": string(BaseKey("identity")),
		"bb918aeeb5dca4a6302d552544595d919a8cc39ff1225ee6b96b162f92307d72": string(Key(Options{"f16"}, NameBaseInputs("b"))),
		"f27ba76358038ffc4d290a1712ce3c8fcd812b2d122c496cfa13cf781f2b1348": string(Key(Options{"f16"}, CandidateInputs("b", "weights", "config", changes))),
	} {
		if got != want {
			t.Errorf("key %s, want %s", got, want)
		}
	}
}
