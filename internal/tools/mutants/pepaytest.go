package main

func pepaytestMutants() []mutant {
	return of("pepaytest",
		mutant{
			name: "tokens expire by another clock", file: "streamauth.go",
			old:   "jwt.WithTimeFunc(s.cfg.now)",
			new:   "jwt.WithTimeFunc(time.Now)",
			tests: "^TestTokensExpireByTheClock$",
		},
		mutant{
			name: "a token opens any stream", file: "streamauth.go",
			old:   "case claims.Scope != string(kind):",
			new:   `case claims.Scope == "":`,
			tests: "^TestStreamAuthentication$",
		},
		mutant{
			name: "tokens outlive their key", file: "streamauth.go",
			old:   `if s.lostKey(who) != "" {`,
			new:   `if s.lostKey(who) == "x" {`,
			tests: "^TestRevocation$",
		},
		mutant{
			name: "a key works a second too long", file: "apikey.go",
			old:   "now.Unix() < k.ExpiresAt)",
			new:   "now.Unix() <= k.ExpiresAt)",
			tests: "^TestAPIKeysExpireByBusinessTime$",
		},
		mutant{
			name: "refuses the shortest life", file: "token.go",
			old:   "case ttl < c.minTTL:",
			new:   "case ttl <= c.minTTL:",
			tests: "^TestWithTokenTTL$|^TestMintRefuses$",
		},
		mutant{
			name: "answers any Host", file: "host.go",
			old:   `err == nil || name == "localhost" || c.hosts[name]`,
			new:   `err == nil || name != ""`,
			tests: "^TestHost$",
		},
		mutant{
			name: "signs webhooks without the timestamp", file: "sign.go",
			old:   `mac.Write([]byte(timestamp + "."))`,
			new:   "_ = timestamp",
			tests: "^TestWebhookDelivery$",
		},
		mutant{
			name: "delivers what was not shipped", file: "transition.go",
			old:   "return from(server.OrderStatusShipped)",
			new:   "return from(server.OrderStatusPlaced)",
			tests: "^TestTransitionsRefused$",
		},
		mutant{
			name: "refunds twice", file: "transition.go",
			old:   "case o.Refund.Status == refundDone:",
			new:   `case o.Refund.Status == "x":`,
			tests: "^TestTransitionsRefused$",
		},
		mutant{
			name: "shows the events of another merchant", file: "audience.go",
			old:   `id != "" && id != strconv.FormatInt(a.merchantID, 10)`,
			new:   `id == "x" && id != strconv.FormatInt(a.merchantID, 10)`,
			tests: "^TestStreamsCarryWhatIsDocumented$",
		},
		mutant{
			name: "shows the payor what is not theirs", file: "audience.go",
			old:   "r.subject.ofInvoice(a.invoiceID) && ",
			new:   "",
			tests: "^TestPayorStream$|^TestStreamsCarryWhatIsDocumented$",
		},
		mutant{
			name: "a replay begins with the cursor itself", file: "cursor.go",
			old:   "\t\tst.place = place\n\t\treturn\n",
			new:   "\t\tplace.position--\n\t\tst.place = place\n\t\treturn\n",
			tests: "^TestStreamsReplay$",
		},
		mutant{
			name: "a key for another request is good", file: "call.go",
			old:   "IDEMPOTENCY_CONFLICT",
			new:   "IDEMPOTENCY_FINE",
			tests: "^TestIdempotencyKey$",
		},
		mutant{
			name: "wildcards match nothing", file: "selection.go",
			old:   "p == eventType || wildcard && strings.HasPrefix(eventType, prefix)",
			new:   "p == eventType || wildcard && eventType == prefix",
			tests: "^TestFilters$",
		},
	)
}
