package dataset

import "github.com/tunegate/tunegate/internal/records"

// The checks whose findings making rows of records makes, by the names under which it
// reports; records has those of reading.
const (
	checkType       = "type"
	checkNoQuestion = "no_question"
	checkNoAnswer   = "no_answer"
	checkContext    = "context"
	checkTag        = "level"
	checkUnusedText = "unused_text"
)

var (
	badJSON = check{
		name: records.CheckJSON, CheckOptions: CheckOptions{Level: Error}, unreadable: true,
		about: "the file, or a line of a JSONL file, is not JSON or holds no list of records.",
	}
	byteOrderMarked = check{
		name: records.CheckBOM, CheckOptions: CheckOptions{Level: Warn},
		about: "the file begins with a byte-order mark, which other readers reject.",
	}
	duplicateKey = check{
		name: records.CheckDuplicateKey, CheckOptions: CheckOptions{Level: Error},
		about: "an object has the same key twice, and parsers disagree which one counts.",
	}
	encoding = check{
		name: records.CheckEncoding, CheckOptions: CheckOptions{Level: Error},
		about: "a text is not UTF-8, or has an unpaired surrogate.",
	}
	wrongType = check{
		name: checkType, CheckOptions: CheckOptions{Level: Error}, unreadable: true,
		about: "a number, list or object is in place of text, or the record is not an object or is larger than 1 MiB.",
	}
	noQuestion = check{
		name: checkNoQuestion, CheckOptions: CheckOptions{Level: Error}, unreadable: true,
		about: "the record has no question.",
	}
	noAnswer = check{
		name: checkNoAnswer, CheckOptions: CheckOptions{Level: Error}, unreadable: true,
		about: "the record has no answer.",
	}
	wrongContext = check{
		name: checkContext, CheckOptions: CheckOptions{Level: Error}, unreadable: true,
		about: "the earlier turns do not alternate between question and answer.",
	}
	unknownTag = check{
		name: checkTag, CheckOptions: CheckOptions{Level: Warn},
		about: "a tag of the record, such as its level, has an unknown value.",
	}
	unusedText = check{
		name: checkUnusedText, CheckOptions: CheckOptions{Level: Warn},
		about: "the record has text that is in no row, so nothing is learnt from it.",
	}
)
