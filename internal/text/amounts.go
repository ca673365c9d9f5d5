package text

import (
	"fmt"
	"time"
)

// Count formats a number of things, with the plural in s: 1 record, 1,240 records.
func Count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return Grouped(n) + " " + what + "s"
}

// Grouped formats a number with commas between thousands.
func Grouped(n int) string {
	digits := fmt.Sprint(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// Duration formats seconds for people: 59.9 s, 1.5 min, 2.0 h.
func Duration(seconds float64) string {
	switch {
	case seconds < 60:
		return fmt.Sprintf("%.1f s", seconds)
	case seconds < 90*60:
		return fmt.Sprintf("%.1f min", seconds/60)
	}
	return fmt.Sprintf("%.1f h", seconds/time.Hour.Seconds())
}

// Bytes formats a size in bytes in units of 1000, with three digits: 1.23 MB.
func Bytes(n int64) string {
	amount, units := float64(n), []string{"B", "kB", "MB", "GB", "TB"}
	for amount >= 999.5 && len(units) > 1 {
		amount, units = amount/1000, units[1:]
	}
	return fmt.Sprintf("%.3g %s", amount, units[0])
}
