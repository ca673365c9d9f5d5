package export

import "github.com/tunegate/tunegate/internal/gguf"

// patch is the part of a delta that applies to one tensor, in the tensor's row order.
type patch struct {
	delta   *delta
	tensor  string     // GGUF name
	stored  *gguf.Type // in the base
	rows    rowMap     // of the delta that the tensor takes
	norm    float64    // Frobenius norm of these rows
	entries []sample   // the trainer's samples in them
}

// newPatches checks a module's change and assigns it to the base tensors that hold the
// module's matrix.
func newPatches(p pair, config adapterConfig, change Change, base baseFile) ([]*patch, error) {
	names, parts := base.family.tensorsOf(change.Module)
	var patches []*patch
	var in, out int
	for _, name := range names {
		t, ok := base.Find(name)
		if !ok || len(t.Dims) != 2 || in != 0 && in != t.Row() {
			patches = nil
			break
		}
		in, out = t.Row(), out+int(t.Dims[1])
		patches = append(patches, &patch{tensor: name, stored: t.Type, rows: rowMap{count: int(t.Dims[1])}})
	}
	if len(patches) == 0 {
		return nil, fail(UnknownTensor, "train again on this base model", "the base has no matrix for the adapter's module %s", change.Module)
	}
	d, err := newDelta(p, config, change, in, out)
	if err != nil {
		return nil, err
	}
	if err := d.check(); err != nil {
		return nil, err
	}
	taken := make([]bool, out)
	for i, p := range patches {
		if err := p.order(d, parts[i], base); err != nil {
			return nil, err
		}
		if row := p.rows.mark(taken); row >= 0 {
			return nil, fail(RankMismatch, "use another base GGUF", "%s row %d: the adapter's module %s has no row left for it", p.tensor, row, change.Module)
		}
		if err := p.take(d); err != nil {
			return nil, err
		}
	}
	return patches, nil
}

// order sets the rows of the patch.
func (p *patch) order(d *delta, part linear, base baseFile) error {
	if part.rows == nil {
		return nil
	}
	h := base.family.heads(base.Metadata)
	if h.query < 1 || h.keyValue < 1 || h.query > d.out || h.keyValue > d.out {
		return fail(Unsupported, "use another base GGUF", "the rows of %s depend on %s and %s in its metadata, which are %d and %d", p.tensor,
			base.family.architecture+keyHeads, base.family.architecture+keyHeadsKV, h.query, h.keyValue)
	}
	rows := p.rows.count
	if p.rows = part.rows(d.out, h); p.rows.count != rows {
		return fail(RankMismatch, "use another base GGUF", "%s has %d rows, %s requires %d", p.tensor, rows, d.change.Module, p.rows.count)
	}
	return nil
}

// take copies the patch's part of the delta.
func (p *patch) take(d *delta) error {
	p.delta = d
	if p.rows.of == nil {
		p.norm, p.entries = d.norm, d.entries
		return nil
	}
	f, err := p.load()
	if err != nil {
		return err
	}
	p.norm = d.scale * f.norm()
	in := make(map[int]int) // the tensor's row of a delta's
	for row := range p.rows.count {
		in[p.rows.of(row)] = row
	}
	for _, s := range d.entries {
		if row, ok := in[s.Row]; ok {
			s.Row = row
			p.entries = append(p.entries, s)
		}
	}
	return nil
}

// load reads the factors, B with the rows of the tensor.
func (p *patch) load() (factors, error) {
	f, err := p.delta.load()
	if err != nil || p.rows.of == nil {
		return f, err
	}
	b := make([]float32, 0, p.rows.count*f.rank)
	for row := range p.rows.count {
		b = append(b, f.b[p.rows.of(row)*f.rank:][:f.rank]...)
	}
	f.b = b
	return f, nil
}
