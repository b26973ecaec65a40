package storetest

import "strings"

// awkwardIDs are ids that a store could change by mistake: when it quotes them, trims
// them, pads them, takes them for a pattern or normalises them.
func awkwardIDs() []string {
	return []string{
		"evt_1700000000000-123", "0", "-1", "NULL", "null", `\N`, "$1", "?", ":id", "%s", "100%_", "*",
		`evt_'1'`, `evt_"1"`, "evt_`1`", `'; DROP TABLE events; --`, `evt_\1\n`, `{"id":["evt_1"]}`, "{evt_1,evt_2}",
		" evt_1", "evt_1 ", "evt 1", "evt_\t1", "evt_1\n", "evt_1\r\nevt_2", "evt,1;2|3", "EVT_1", "evt_1",
		"evt_é", "evt_e\u0301", "evt_ß", "evt_日本語", "evt_🦄", "evt_\u202e1", "evt_\ufeff1",
		strings.Repeat("x", 1024), "evt_" + strings.Repeat("ö", 510),
	}
}

// unstorableIDs are ids that a store may refuse. It may not change them.
func unstorableIDs() []string {
	return []string{"evt_1\x00evt_2", "\x00", "evt_\xff1"}
}

// similar are ids and holders that differ, although a store could take them for one.
func similar() []string {
	return []string{"evt_1", "EVT_1", "evt_1 ", " evt_1", "evt_1\n", "evt_01", "evt_é", "evt_e\u0301", "evt_", "evt_11"}
}
