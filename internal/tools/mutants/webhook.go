package main

func webhookMutants() []mutant {
	return of("webhook",
		mutant{
			name: "takes any old signature", file: "verifier.go",
			old:   "away > v.tolerance || ",
			new:   "",
			tests: "^TestVerify$",
		},
		mutant{
			name: "takes any signature of the future", file: "verifier.go",
			old:   " || away < -v.tolerance",
			new:   "",
			tests: "^TestVerify$",
		},
		mutant{
			name: "only the last secret counts", file: "verifier.go",
			old:   "matched |= s.matches(claimed, body)",
			new:   "matched = s.matches(claimed, body)",
			tests: "^TestVerifyConcurrently$",
		},
		mutant{
			name: "only the first secret counts", file: "verifier.go",
			old:   "range secrets {",
			new:   "range secrets[:1] {",
			tests: "^TestVerify$",
		},
		mutant{
			name: "ignores the previous signature", file: "sign.go",
			old:   "return current | previous",
			new:   "return current | previous&0",
			tests: "^TestVerify$",
		},
		mutant{
			name: "the timestamp is not signed", file: "sign.go",
			old:   "m.hash.Write(append(append(m.prefix[:0], timestamp...), '.'))",
			new:   "_ = append(m.prefix[:0], timestamp...)",
			tests: "^TestVerify$",
		},
		mutant{
			name: "takes a timestamp in seconds", file: "headers.go",
			old:   "if millis < seconds {",
			new:   "if millis < 0 {",
			tests: "^TestVerify$",
		},
		mutant{
			name: "body may be one byte too long", file: "body.go",
			old:   "case int64(len(body)) > limit:",
			new:   "case int64(len(body)) > limit+1:",
			tests: "^TestReadBody$",
		},
		mutant{
			name: "a broken body is a bad signature", file: "handler.go",
			old:   "err = broken",
			new:   "_ = broken",
			tests: "^TestBodiesThatCannotBeRead$|^TestHeadersAreCheckedBeforeTheBody$|^TestBodyBeyondTheLimitOfTheServer$|^TestBodyThatMiddlewareReplaced$",
		},
		mutant{
			name: "keeps the claim of an event that failed", file: "claim.go",
			old:   "\treturn c.deduper.Release(context.WithoutCancel(ctx), c.eventID, c.holder)",
			new:   "\treturn nil",
			tests: "^TestClaimsOfADelivery$",
		},
		mutant{
			name: "releases with the context of the sender", file: "claim.go",
			old:   "c.deduper.Release(context.WithoutCancel(ctx),",
			new:   "c.deduper.Release(ctx,",
			tests: "^TestSenderThatHangsUp$",
		},
		mutant{
			name: "commits with the context of the sender", file: "claim.go",
			old:   "\tctx = context.WithoutCancel(ctx)\n",
			new:   "",
			tests: "^TestHandlerCommitsAfterTheSenderIsGone$",
		},
		mutant{
			name: "acknowledges an event in progress", file: "handler.go",
			old:   "case answer == InProgress:\n\t\treturn OutcomeInProgress, true, nil",
			new:   "case answer == InProgress:\n\t\treturn OutcomeHandled, true, nil",
			tests: "^TestClaimsOfADelivery$",
		},
		mutant{
			name: "acknowledges a lost claim", file: "handler.go",
			old:   "c.commit(ctx); err != nil {\n\t\treturn OutcomeUnavailable, duplicate, err",
			new:   "c.commit(ctx); err != nil {\n\t\treturn OutcomeHandled, duplicate, nil",
			tests: "^TestClaimThatWasLost$",
		},
		mutant{
			name: "acknowledges after a panic", file: "handler.go",
			old:   `err = fmt.Errorf("webhook: the function panicked: %v", p)`,
			new:   "_ = fmt.Sprint(p)",
			tests: "^TestHandlerAnswers$",
		},
		mutant{
			name: "anybody releases a claim", file: "memory.go",
			old:   "ok && claim.Value.(*lease).holder == holder",
			new:   "ok",
			tests: "^TestMemoryDeduper$",
		},
		mutant{
			name: "anybody commits an event", file: "memory.go",
			old:   "if by != holder {",
			new:   `if by == "" {`,
			tests: "^TestMemoryDeduper$",
		},
		mutant{
			name: "a claim ends too late", file: "memory.go",
			old:   "if now.Before(l.until) {",
			new:   "if !now.After(l.until) {",
			tests: "^TestMemoryDeduper$",
		},
		mutant{
			name: "forgets the newest event first", file: "memory.go",
			old:   "d.oldest = (d.oldest + 1) % memoryEvents",
			new:   "d.oldest = (d.oldest + memoryEvents - 1) % memoryEvents",
			tests: "^TestMemoryDeduperForgetsTheOldestFirst$",
		},
	)
}
