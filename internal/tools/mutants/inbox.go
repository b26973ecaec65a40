package main

func inboxMutants() []mutant {
	return of("inbox",
		mutant{
			name: "the isolation level is the server's default", file: "transaction.go",
			old:   "opts = &sql.TxOptions{Isolation: sql.LevelReadCommitted}",
			new:   "opts = nil",
			tests: "^TestIsolation$",
		},
		mutant{
			name: "a failed transaction stays open", file: "transaction.go",
			old:   "lost := tx.Rollback(); lost",
			new:   "lost := error(nil); lost",
			tests: "^TestHandler$",
		},
		mutant{
			name: "the transaction ends with the request", file: "transaction.go",
			old:   "context.WithCancel(context.WithoutCancel(ctx))",
			new:   "context.WithCancel(ctx)",
			tests: "^TestHandlerAfterTheSenderIsGone$",
		},
		mutant{
			name: "waits for a commit for ever", file: "transaction.go",
			old:   "late := time.AfterFunc(patience, cancel)",
			new:   "late := time.AfterFunc(patience, func() {})",
			tests: "^TestPersist$",
		},
		mutant{
			name: "memory says what is done", file: "handler.go",
			old:   "webhook.WithDeduper(forgetful{})",
			new:   "webhook.WithDeduper(webhook.NewMemoryDeduper())",
			tests: "^TestHandlerUntilItIsDone$",
		},
		mutant{
			name: "an event in progress counts as handled", file: "first.go",
			old:   "return false, ErrInProgress",
			new:   "return false, nil",
			tests: "^TestFirst$",
		},
		mutant{
			name: "a lock timeout is a failure", file: "errors.go",
			old:   `case code == "40001", code == "55P03", d`,
			new:   `case code == "40001", d`,
			tests: "^TestFirst$",
		},
		mutant{
			name: "gives up on an event that is in progress", file: "consume.go",
			old:   "failing = time.Time{}\n",
			new:   "return err\n",
			tests: "^TestPersistWaitsForAnotherTransaction$",
		},
		mutant{
			name: "tries a dead database for ever", file: "consume.go",
			old:   "time.Since(failing) >= maxOutage",
			new:   "time.Since(failing) < 0",
			tests: "^TestPersistGivesUp$",
		},
		mutant{
			name: "cleans up one batch only", file: "cleanup.go",
			old:   "err != nil || n < cleanupBatch",
			new:   "err != nil || n <= cleanupBatch",
			tests: "^TestCleanup$",
		},
	)
}
