package text

import "fmt"

// Bytes writes a size in bytes in units of 1000, with three digits: 1.23 MB.
func Bytes(n int64) string {
	amount, units := float64(n), []string{"B", "kB", "MB", "GB", "TB"}
	for amount >= 999.5 && len(units) > 1 {
		amount, units = amount/1000, units[1:]
	}
	return fmt.Sprintf("%.3g %s", amount, units[0])
}
