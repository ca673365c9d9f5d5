package gguf

import (
	"encoding/binary"
	"math"
	"strconv"
)

// ValueType is the kind of a metadata value, with the format's numbers.
type ValueType uint32

// The kinds of metadata values.
const (
	TypeUint8 ValueType = iota
	TypeInt8
	TypeUint16
	TypeInt16
	TypeUint32
	TypeInt32
	TypeFloat32
	TypeBool
	TypeString
	TypeArray
	TypeUint64
	TypeInt64
	TypeFloat64
)

// size is in bytes; 0 for strings, arrays and unknown kinds.
func (t ValueType) size() uint64 {
	switch t {
	case TypeUint8, TypeInt8, TypeBool:
		return 1
	case TypeUint16, TypeInt16:
		return 2
	case TypeUint32, TypeInt32, TypeFloat32:
		return 4
	case TypeUint64, TypeInt64, TypeFloat64:
		return 8
	}
	return 0
}

// KV is a metadata entry. Raw is the value as stored in the file (an array with its
// element kind and count), so that writing it back changes no byte.
type KV struct {
	Key  string
	Type ValueType
	Raw  []byte
}

// Find returns the entry with that key.
func Find(metadata []KV, key string) (KV, bool) {
	for _, kv := range metadata {
		if kv.Key == key {
			return kv, true
		}
	}
	return KV{}, false
}

// Uint returns an unsigned integer value, false for other kinds.
func (kv KV) Uint() (uint64, bool) {
	switch kv.Type {
	case TypeUint8:
		return uint64(kv.Raw[0]), true
	case TypeUint16:
		return uint64(binary.LittleEndian.Uint16(kv.Raw)), true
	case TypeUint32:
		return uint64(binary.LittleEndian.Uint32(kv.Raw)), true
	case TypeUint64:
		return binary.LittleEndian.Uint64(kv.Raw), true
	}
	return 0, false
}

// Text returns a string value, false for other kinds.
func (kv KV) Text() (string, bool) {
	if kv.Type != TypeString {
		return "", false
	}
	return string(kv.Raw[8:]), true
}

// List returns an entry's values as text, one for each element of an array: strings
// quoted, numbers in decimal.
func (kv KV) List() []string {
	if kv.Type != TypeArray {
		if text, ok := scalar(kv.Type, kv.Raw); ok {
			return []string{text}
		}
		return nil
	}
	element, rest := ValueType(binary.LittleEndian.Uint32(kv.Raw)), kv.Raw[12:]
	var list []string
	for len(rest) > 0 {
		size := element.size()
		if element == TypeString {
			size = 8 + binary.LittleEndian.Uint64(rest)
		}
		text, ok := scalar(element, rest[:size])
		if !ok {
			return nil
		}
		list, rest = append(list, text), rest[size:]
	}
	return list
}

// scalar formats a value other than an array; false for kinds that no model needs.
func scalar(kind ValueType, raw []byte) (text string, ok bool) {
	kv := KV{Type: kind, Raw: raw}
	if text, ok := kv.Text(); ok {
		return strconv.Quote(text), true
	}
	if n, ok := kv.Uint(); ok {
		return strconv.FormatUint(n, 10), true
	}
	switch kind {
	case TypeInt32:
		return strconv.Itoa(int(int32(binary.LittleEndian.Uint32(raw)))), true
	case TypeFloat32:
		return strconv.FormatFloat(float64(math.Float32frombits(binary.LittleEndian.Uint32(raw))), 'g', -1, 32), true
	case TypeBool:
		return strconv.FormatBool(raw[0] != 0), true
	}
	return "", false
}

// Uint32 returns an entry.
func Uint32(key string, v uint32) KV {
	return KV{key, TypeUint32, binary.LittleEndian.AppendUint32(nil, v)}
}

// Float32 returns an entry.
func Float32(key string, v float32) KV {
	return KV{key, TypeFloat32, binary.LittleEndian.AppendUint32(nil, math.Float32bits(v))}
}

// Bool returns an entry.
func Bool(key string, v bool) KV {
	raw := []byte{0}
	if v {
		raw[0] = 1
	}
	return KV{key, TypeBool, raw}
}

// String returns an entry.
func String(key, v string) KV { return KV{key, TypeString, appendString(nil, v)} }

// Strings returns an array entry.
func Strings(key string, v []string) KV {
	raw := appendArray(TypeString, len(v))
	for _, s := range v {
		raw = appendString(raw, s)
	}
	return KV{key, TypeArray, raw}
}

// Int32s returns an array entry.
func Int32s(key string, v []int32) KV {
	raw := appendArray(TypeInt32, len(v))
	for _, n := range v {
		raw = binary.LittleEndian.AppendUint32(raw, uint32(n))
	}
	return KV{key, TypeArray, raw}
}

func appendArray(element ValueType, count int) []byte {
	raw := binary.LittleEndian.AppendUint32(nil, uint32(element))
	return binary.LittleEndian.AppendUint64(raw, uint64(count))
}

func appendString(raw []byte, s string) []byte {
	return append(binary.LittleEndian.AppendUint64(raw, uint64(len(s))), s...)
}
