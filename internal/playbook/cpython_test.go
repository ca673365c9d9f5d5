package playbook

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// record is a file of one record with the value as its question.
func record(value string) string { return `[{"question": ` + value + `, "answer": "a"}]` }

// edges are files at which a reimplementation may differ from the scripts.
func edges() []string {
	files := []string{
		// Where the list is.
		`[]`, `{}`, `5`, `"x"`, `null`, ` [ ] `, `{"records": [], "data": [{"question": "q", "answer": "a"}]}`,
		`{"data": [{"question": "d", "answer": "a"}], "examples": [{"question": "e", "answer": "a"}], "items": [{"question": "i", "answer": "a"}]}`,
		`{"records": 5, "items": {"a": 1}, "examples": null, "data": [{"question": "q", "answer": "a"}]}`,
		`{"records": [{"question": "1", "answer": "a"}], "items": 1, "records": [{"question": "2", "answer": "a"}]}`,
		`{"Records": [{"question": "q", "answer": "a"}]}`,
		`[1, "x", null, [1], true, {"question": "q", "answer": "a"}, {}]`,
		// Which name counts.
		`[{"question": "q"}, {"answer": "a"}, {"question": "", "answer": ""}, {"question": " \u2003", "answer": "a"}]`,
		`[{"query": "6", "input_question": "5", "user": "4", "prompt": "3", "question": "2", "instruction": "1", "target": "6", "solution": "5", "assistant": "4", "response": "3", "answer": "2", "output": "1"}]`,
		`[{"instruction": " ", "question": null, "prompt": 0, "user": false, "input_question": [], "query": "q", "output": {}, "answer": 0.0, "target": -0.0, "solution": "s"}]`,
		`[{"question": "first", "answer": "a", "question": "last"}, {"answer": "a", "answer": "", "output": "o", "query": "x"}]`,
		`[{"\u0071uestion": "escaped name", "answer": "a"}]`,
		// Levels.
		`[{"question": "q", "answer": "a", "audience": "kids", "student_level": "college", "level": "ADULT", "learner_level": ""}]`,
		`[{"question": "q", "answer": "a", "learner_level": "expert", "level": "kids"}]`,
		`[{"question": "q", "answer": "a", "level": " College\u0085"}, {"question": "q", "answer": "b", "level": "\u212aids"}, {"question": "q", "answer": "c", "level": "K\u0130DS"}]`,
		`[{"question": "q", "answer": "a", "level": 5}, {"question": "q", "answer": "b", "level": ["kids"]}, {"question": "q", "answer": "c", "level": "\ud800"}]`,
		`[{"question": "q", "answer": "a", "input": "Learner level: adult; previous turn: x", "context": ["x", "y"]}]`,
		// Duplicates.
		`[{"question": "Q", "answer": "A", "level": "ADULT"}, {"question": "q ", "answer": "a", "level": "adult"}, {"question": "q", "answer": "a"}]`,
		`[{"question": "ΣΑΣ", "answer": "a"}, {"question": "σας", "answer": "a"}, {"question": "σασ", "answer": "a"}]`,
		`[{"question": "İ", "answer": "ẞ"}, {"question": "i̇", "answer": "ß"}, {"question": "i", "answer": "ß"}, {"question": "İ", "answer": "SS"}, {"question": "İ", "answer": "ss"}]`,
		`[{"question": "Σ'", "answer": "Σ"}, {"question": "σ'", "answer": "σ"}, {"question": "a'Σ.", "answer": "x"}, {"question": "A'ς.", "answer": "X"}]`,
		`[{"question": "a b", "answer": "c"}, {"question": "a", "answer": "b c"}]`,
		// Half surrogate pairs: only what is written counts.
		record(`"\ud800"`), record(`"\udc00\ud800"`), record(`["\ud800"]`), record(`"\ud83d\ude00"`), record(`"\ud83dx\ude00"`), record(`"\uD83D\n"`),
		`[{"question": "q", "answer": "a"}, {"question": "q", "answer": "\ud800"}]`, `[{"question": "\ud800"}]`, `[{"\udfff": 1, "question": "q", "answer": "a"}]`,
		`[{"question": "q", "answer": "a", "note": "\ud800"}]`, `[{"note": "\ud800", "note": "n", "question": "q", "answer": "a"}, "\ud800"]`,
		// What is not JSON for Python, and what is.
		"\ufeff[]", "[\ufeff]", "\xff[]", record("\"\xff\""), "\xed\xa0\x80", "", " ", "[1,]", "[,1]", "[1 2]", "[] x", "[", `["`, `["\`, `["\u12`, `{`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{1:2}`, `{'a':1}`, "nul", "nullx", "truefalse",
		"{\"question\": \"q\", \"answer\": \"a\"}\n{\"question\": \"q\", \"answer\": \"a\"}", record("\"a\tb\""), record("\"a\nb\""), record("\"a\x00b\""), record("\"a\x7fb\""), record(`"\x41"`), record(`"\u00g0"`), record(`"\u+123"`), record(`"\'"`),
		"[\f]", "[\u00a0]", "[//\n]", "\r\n[\t]\r\n", strings.Repeat("[", 100_000), strings.Repeat("[", 500) + strings.Repeat("]", 500), `[{"x": ` + strings.Repeat("[", 500) + strings.Repeat("]", 500) + `}]`,
		// Texts.
		record(`"a\u0085b\u001cc\u001dd\u001ee\u001ff\u2028g\u2029h\u200bi\ufeffj\u00a0k\u3000l\u180em\u1680n\t\r\n\u000b\f"`),
		record(`"\"\\\/\b\u0001\u007f\u0080\ud83d\ude00é\u2028é/<>&'"`),
		`[{"question": "` + strings.Repeat("long ", 30_000) + `", "answer": "a"}]`,
		record(`[1, 2.0, null, true, false, "x'y", "x\"y", "x'\"y", "a\nb\t\r\\", "é", "\u200b", "\ud83d\ude00", "\u0000", "a  b", "\u00a0", "\udbff", "\udb40\udc01", [], {}]`),
		record(`{"b": {"c": [1.50]}, "b": 2, "a'": "q", "": {"x": null}, "\u00ad": "\u0301"}`),
		`[{"question": "q", "answer": "a", "": {}, "x": [{"y": []}, [], [[]], {"z": [1, {"w": null}]}], "e": "", "t": true, "f": false}]`,
	}
	for _, number := range []string{
		"3.0", "0", "-0", "0.0", "-0.0", "0e5", "1e5", "1E5", "1E+5", "1e-5", "1e400", "-1e400", "1e-400", "0.0001", "0.00001234", "1e15", "1e16", "9999999999999998.0", "1e22", "123456789012345.6789",
		"123456789012345678.0", "5e-324", "1.7976931348623157e308", "1.10", "0.1", "12345678901234567890123", "-5", "NaN", "Infinity", "-Infinity", "-NaN", "+1", "01", "-01", "-", "1.", ".5", "1.e5", "1e", "1e+", "0x10", "1_000", "1.5.2",
		"2.675", "100000000000000000000.0", "4.35", "1e23", "9007199254740993.0", strings.Repeat("9", 4300), "-" + strings.Repeat("9", 4300), strings.Repeat("9", 4301), strings.Repeat("9", 5000) + ".0",
	} {
		files = append(files, record(number), `[{"question": "q", "answer": "a", "n": `+number+`}]`)
	}
	return files
}

func TestEdgesAsCPython(t *testing.T) {
	t.Parallel()
	var jobs []job
	for _, file := range edges() {
		jobs = append(jobs, job{Prepare: []byte(file)}, job{Base: []byte(file), Followup: []byte(`[{"z": 1}]`), Weight: 2})
	}
	check(t, jobs)
}

// lesson is a file of n records.
func lesson(name string, n int) []byte {
	var records []string
	for i := range n {
		records = append(records, fmt.Sprintf(`{"question": "%s %d?", "answer": "It is %d.", "level": "adult", "weight": %d.50}`, name, i, i*i, i))
	}
	return []byte("[" + strings.Join(records, ",") + "]")
}

// Every weight and order, also of more records than the generator has words.
func TestMergesAsCPython(t *testing.T) {
	t.Parallel()
	seeds := []*big.Int{nil}
	for _, seed := range []string{"42", "0", "7", "-7", "4294967295", "4294967296", "18446744073709551616", "123456789012345678901234567890"} {
		n, _ := new(big.Int).SetString(seed, 10)
		seeds = append(seeds, n)
	}
	var jobs []job
	for _, sizes := range [][2]int{{0, 0}, {1, 0}, {0, 1}, {2, 1}, {5, 4}, {33, 31}, {1500, 700}} {
		seeds := seeds
		if sizes[0] > 1000 {
			seeds = seeds[:2]
		}
		for weight := 1; weight <= 3; weight++ {
			for _, seed := range seeds {
				base, followup := lesson("base", sizes[0]), lesson("and then", sizes[1])
				jobs = append(jobs, job{Base: base, Followup: followup, Weight: weight, Seed: seed})
				merged, _, err := Merge(File{Data: base}, File{Data: followup}, Mix{weight, seed})
				if err != nil {
					t.Fatal(err)
				}
				jobs = append(jobs, job{Prepare: merged})
			}
		}
	}
	check(t, jobs)
}

// Files made at random of the pieces in which the rules lie.
func TestRandomFilesAsCPython(t *testing.T) {
	t.Parallel()
	count := 2_000
	if os.Getenv("TUNEGATE_TEST_LONG") != "" {
		count = 40_000
	}
	r := rand.New(rand.NewPCG(4, 4))
	names := slices.Concat(instructionNames, outputNames, levelNames, []string{"context", "input", "", "note"})
	pieces := []string{"a", "A", "Σ", "σ", "ς", "'", ".", " ", "é", "İ", "ß", "K", "ǅ", "\u200b", "̈", "😀", "\\n", "\\u0085", "\\u001c", "\\ud800", "\\udc00", "\\\"", "\\\\", "x", "kids", "ADULT", "ͅ", "ʰ"}
	var generate func(depth int) string
	generate = func(depth int) string {
		switch r.IntN(9 - min(depth, 3)) {
		case 0, 1, 2, 3:
			var b strings.Builder
			for range r.IntN(5) {
				b.WriteString(pieces[r.IntN(len(pieces))])
			}
			return `"` + b.String() + `"`
		case 4:
			return []string{"null", "true", "false", "0", "NaN", "-0.0", "17", "[]", "{}"}[r.IntN(9)]
		case 5:
			return fmt.Sprintf("%d.%de%d", r.IntN(100), r.IntN(1000), r.IntN(50)-25)
		case 6:
			return "[" + generate(depth+1) + ", " + generate(depth+1) + "]"
		case 7:
			return `{"x": ` + generate(depth+1) + `, "y'": ` + generate(depth+1) + `, "x": ` + generate(depth+1) + "}"
		default:
			return `"kids"`
		}
	}
	var jobs []job
	for range count {
		var records []string
		for range 1 + r.IntN(3) {
			var members []string
			for range r.IntN(8) {
				members = append(members, `"`+names[r.IntN(len(names))]+`": `+generate(0))
			}
			records = append(records, "{"+strings.Join(members, ", ")+"}")
		}
		file := []byte("[" + strings.Join(records, ", ") + "]")
		seed := big.NewInt(int64(r.Uint64()))
		jobs = append(jobs, job{Prepare: file}, job{Base: file, Followup: file, Weight: 1 + r.IntN(3), Seed: seed})
	}
	check(t, jobs)
}
