package main

import "strings"

// palette is the colours of one kind of page. The lines' are far apart for colour-blind
// readers too, who also have the markers and dashes.
type palette struct {
	page, ink, faint, grid string
	ours, floor            string
	peers                  []string
}

func paletteOf(dark bool) palette {
	if dark {
		return palette{
			page: "#0d1117", ink: "#f0f6fc", faint: "#a8b1bb", grid: "#30363d",
			ours: "#56b4e9", floor: "#9aa4af", peers: []string{"#ff8c42", "#34c79a", "#e29bc8", "#f0e442"},
		}
	}
	return palette{
		page: "#ffffff", ink: "#1f2328", faint: "#59636e", grid: "#dde3e9",
		ours: "#0072b2", floor: "#6b7480", peers: []string{"#d55e00", "#00845f", "#a8508a", "#7a6a00"},
	}
}

// style is how a line looks.
type style struct {
	color, dashes string
	width         float64
	weight        string // of its label
	marker        marker
}

// styles gives each line a look of its own.
func (p palette) styles(lines []line) []style {
	dashes := []string{"9 4", "3 3", "12 3 3 3", "6 2 2 2 2 2"}
	markers := []marker{square, triangle, diamond, cross}
	peers := 0
	styles := make([]style, len(lines))
	for i, l := range lines {
		switch l.role {
		case ours:
			styles[i] = style{color: p.ours, width: 4, weight: "bold", marker: disc}
		case floor:
			styles[i] = style{color: p.floor, dashes: "1.5 4", width: 2.5, weight: "normal", marker: dash}
		default:
			n := peers % len(p.peers)
			styles[i] = style{color: p.peers[n], dashes: dashes[n], width: 2.5, weight: "normal", marker: markers[n]}
			peers++
		}
	}
	return styles
}

// marker draws a point as the path of an SVG, around a place and of a size.
type marker func(x, y, size float64) string

func disc(x, y, size float64) string {
	return pathOf("M", x-size, y, "a", size, size, 0, 1, 0, 2*size, 0, "a", size, size, 0, 1, 0, -2*size, 0, "Z")
}

func square(x, y, size float64) string {
	side := size * 0.85
	return pathOf("M", x-side, y-side, "h", 2*side, "v", 2*side, "h", -2*side, "Z")
}

func triangle(x, y, size float64) string {
	return pathOf("M", x, y-size*1.1, "L", x+size*1.1, y+size*0.9, "L", x-size*1.1, y+size*0.9, "Z")
}

func diamond(x, y, size float64) string {
	far := size * 1.25
	return pathOf("M", x, y-far, "L", x+far, y, "L", x, y+far, "L", x-far, y, "Z")
}

func cross(x, y, size float64) string {
	arm, half := size, size*0.35
	return pathOf("M", x-arm, y-half, "h", arm-half, "v", half-arm, "h", 2*half, "v", arm-half, "h", arm-half, "v", 2*half,
		"h", half-arm, "v", arm-half, "h", -2*half, "v", half-arm, "h", half-arm, "Z")
}

func dash(x, y, size float64) string {
	return pathOf("M", x-size, y-size*0.45, "h", 2*size, "v", size*0.9, "h", -2*size, "Z")
}

// pathOf writes the commands and numbers of a path.
func pathOf(parts ...any) string {
	var b strings.Builder
	for i, part := range parts {
		if i > 0 {
			b.WriteByte(' ')
		}
		switch part := part.(type) {
		case string:
			b.WriteString(part)
		case float64:
			b.WriteString(coordinate(part))
		case int:
			b.WriteString(coordinate(float64(part)))
		}
	}
	return b.String()
}
