package repo

// maxSaid bounds the kept beginning, and end, of git's error output, in
// bytes: a repository can make it name each of a million paths.
const maxSaid = 16 << 10

// said keeps the beginning and the end of what is written to it.
type said struct{ first, last []byte }

func (s *said) Write(data []byte) (int, error) {
	written := len(data)
	fits := min(maxSaid-len(s.first), len(data))
	s.first, data = append(s.first, data[:fits]...), data[fits:]
	data = data[max(0, len(data)-maxSaid):]
	s.last = append(s.last, data...)
	if over := len(s.last) - maxSaid; over > maxSaid {
		s.last = append(s.last[:0], s.last[over:]...)
	}
	return written, nil
}

func (s *said) String() string {
	return string(s.first) + string(s.last[max(0, len(s.last)-maxSaid):])
}
