package main

func wstokenMutants() []mutant {
	return of("wstoken",
		mutant{
			name: "every caller mints", file: "cache.go",
			old:   "if c.flight == nil {",
			new:   "if true {",
			tests: "^TestColdCacheMintsOnce$",
		},
		mutant{
			name: "a caller that leaves cancels the mint", file: "cache.go",
			old:   "context.WithoutCancel(ctx), c.flight",
			new:   "ctx, c.flight",
			tests: "^TestCancelledCallerFailsAlone$",
		},
		mutant{
			name: "Invalidate drops any token", file: "cache.go",
			old:   " || e.token.Token != rejected.Token",
			new:   "",
			tests: "^TestInvalidate$",
		},
		mutant{
			name: "minting has no time limit", file: "cache.go",
			old:   "context.WithTimeout(ctx, c.mintTimeout)",
			new:   "context.WithCancel(ctx)",
			tests: "^TestMintTimeout$",
		},
		mutant{
			name: "keeps a token that has expired", file: "cache.go",
			old:   "\tif !e.alive(now) {\n\t\treturn ErrExpiredToken",
			new:   "\tif e == nil {\n\t\treturn ErrExpiredToken",
			tests: "^TestTokensThatCannotBeUsed$",
		},
		mutant{
			name: "forgets a failure at once", file: "cache.go",
			old:   "\t\tc.failed.add(f.err, now)\n",
			new:   "",
			tests: "^TestTransientFailureIsRemembered$",
		},
		mutant{
			name: "remembers a refusal", file: "failure.go",
			old:   "|| !permanent(f.err)",
			new:   "|| f.err != nil",
			tests: "^TestRefusalIsAskedForAgain$",
		},
		mutant{
			name: "a failed mint ignores Retry-After", file: "failure.go",
			old:   "wait := int64(max(pause, asked))",
			new:   "wait := int64(pause)",
			tests: "^TestFailureIsRememberedForItsRetryAfter$",
		},
		mutant{
			name: "hands out a token until it is dead", file: "entry.go",
			old:   "wait = life - margin",
			new:   "wait = life",
			tests: "^TestRefreshPoints$",
		},
		mutant{
			name: "renews at one moment", file: "entry.go",
			old:   "(0.60 + 0.15*rand.Float64())",
			new:   "(0.60 + 0*rand.Float64())",
			tests: "^TestRefreshPointsAreJittered$",
		},
		mutant{
			name: "does not notice a clock set back", file: "entry.go",
			old:   "return now.mono-now.wall > e.drift ",
			new:   "return now.mono-now.wall > e.drift+e.life ",
			tests: "^TestWallClockThatIsSet$",
		},
		mutant{
			name: "corrects the clock the wrong way", file: "source.go",
			old:   "skew := now.Sub(date)",
			new:   "skew := date.Sub(now)",
			tests: "^TestClockSkew$",
		},
		mutant{
			name: "believes a Date of 1970", file: "source.go",
			old:   " && s.mayLive(",
			new:   " || s.mayLive(",
			tests: "^TestSourceWithTheDateOfAProxy$",
		},
		mutant{
			name: "any page may ask for tokens", file: "handler.go",
			old:   "if err := h.origins.protection.Check(r); err != nil {",
			new:   "if err := h.origins.protection.Check(r); false && err != nil {",
			tests: "^TestHandlerRefuses$",
		},
		mutant{
			name: "reads any body", file: "handler.go",
			old:   "http.MaxBytesReader(w, r.Body, maxBody)",
			new:   "r.Body",
			tests: "^TestHandlerRefuses$",
		},
		mutant{
			name: "hands out a token that is about to expire", file: "handler.go",
			old:   "return token != nil && time.Until(token.ExpiresAt.Time) >= h.minLife",
			new:   "return token != nil",
			tests: "^TestHandlerMinLife$",
		},
		mutant{
			name: "a client may ask once more", file: "ratelimit.go",
			old:   "used + l.interval - l.capacity; wait > 0",
			new:   "used + l.interval - l.capacity; wait > l.interval",
			tests: "^TestHandlerRateLimit$",
		},
	)
}
