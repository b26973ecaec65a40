package main

// hostileMutants take away what holds a hostile server, or a hostile client of ours, in
// bounds.
func hostileMutants() []mutant {
	return of("internal/hostile",
		mutant{
			name: "an answer may be eight times as long", file: "../../wrapper/options.go",
			old:   "defaultMaxResponseBytes = 8 << 20",
			new:   "defaultMaxResponseBytes = 64 << 20",
			tests: "^TestHostileAnswers$/^a_read$",
		},
		mutant{
			name: "the rest of an error is read to its end", file: "../../wrapper/body.go",
			old:   "io.CopyN(io.Discard, r, maxDrain)",
			new:   "io.CopyN(io.Discard, r, maxDrain<<20)",
			tests: "^TestHostileAnswers$/^a_read$",
		},
		mutant{
			name: "an announced length is allocated", file: "../wire/read.go",
			old:   "min(hint, limit+1, firstRead)",
			new:   "min(hint, limit+1)",
			tests: "^TestHostileAnswers$/^a_read$",
		},
		mutant{
			name: "an attempt may take an hour", file: "../../wrapper/timeout.go",
			old:   "at := time.Now().Add(d)",
			new:   "at := time.Now().Add(120 * d)",
			tests: "^TestHostileAnswers$/^a_read$",
		},
		mutant{
			name: "an upgraded connection is read", file: "../../wrapper/attempt.go",
			old:   "if resp.StatusCode == http.StatusSwitchingProtocols {",
			new:   "if resp.StatusCode == 0 {",
			tests: "^TestHostileAnswers$/^a_write$",
		},
		mutant{
			name: "a stream follows redirects", file: "../../wrapper/client.go",
			old:   "return http.ErrUseLastResponse }",
			new:   "return nil }",
			tests: "^TestHostileAnswers$/^a_stream_that_dials$/^redirect_",
		},
		mutant{
			name: "a dial may take an hour", file: "../../stream/dial.go",
			old:   "context.WithTimeout(ctx, handshakeTimeout)",
			new:   "context.WithTimeout(ctx, 120*handshakeTimeout)",
			tests: "^TestHostileAnswers$/^a_stream_that_dials$/^(never|slow_header)",
		},
		mutant{
			name: "a frame may take for ever", file: "../../stream/watchdog.go",
			old:   "return time.Since(w.frameSince) >= frameLimits*w.limit",
			new:   "return time.Since(w.frameSince) < 0",
			tests: "^TestHostileFrames$/^slow_",
		},
		mutant{
			name: "a list that asks for patience gets it for ever", file: "../../stream/list.go",
			old:   "spent + min(asked, maxRetryAfter)",
			new:   "spent",
			tests: "^TestHostileAnswers$/^a_stream_that_lists_what_was_missed$/^asks_",
		},
		mutant{
			name: "one call takes any number of connections", file: "../../wrapper/timeout.go",
			old:   "if t.connections.Add(1) > maxConnections {",
			new:   "if t.connections.Add(1) > maxConnections<<20 {",
			tests: "^TestHostileHTTP2$/^GOAWAY_storm,_nothing_was_processed$/^a_read$",
		},
		mutant{
			name: "Pepay's clock does not count", file: "../../wstoken/source.go",
			old:   "if skew.Abs() < 2*time.Second {",
			new:   "if skew.Abs() < 24*time.Hour {",
			tests: "^TestClockJumps$",
		},
		mutant{
			name: "a body is read before its headers are checked", file: "../../webhook/event.go",
			old:   "claimed, err := readSignature(r.Header)\n\tif err != nil {\n\t\treturn nil, err\n\t}\n\tbody, err := readBody(r, limit)\n",
			new:   "body, err := readBody(r, limit)\n\tif err != nil {\n\t\treturn nil, err\n\t}\n\tclaimed, err := readSignature(r.Header)\n",
			tests: "^TestHostileDeliveries$",
		},
		mutant{
			name: "the simulator waits for headers for an hour", file: "../../pepaytest/server.go",
			old:   "ReadHeaderTimeout: 30 * time.Second",
			new:   "ReadHeaderTimeout: time.Hour",
			tests: "^TestHostileRequestsToTheSimulator$",
		},
		mutant{
			name: "the simulator takes any headers", file: "../../pepaytest/server.go",
			old:   "MaxHeaderBytes:    64 << 10",
			new:   "MaxHeaderBytes:    64 << 20",
			tests: "^TestHostileRequestsToTheSimulator$",
		},
	)
}
