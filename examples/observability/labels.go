package main

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strconv"
	"syscall"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/stream"
	"github.com/pepaylabs/pepay-go/webhook"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// A metric keeps one series for each combination of its labels, for ever. So every
// label here has few values that this program or the contract knows, and everything
// else is "other": never an id, a path with values, or a text that a peer wrote.

const other = "other"

var (
	eventTypes = pepay.EventTypes()
	operations = pepay.Operations()
)

// typeLabel is the type of an event, if the contract has it.
func typeLabel(eventType string) string {
	if slices.Contains(eventTypes, eventType) {
		return eventType
	}
	return other
}

// operationLabel is the operation that a request belongs to, if the contract has it.
func operationLabel(ctx context.Context) string {
	if op, ok := wrapper.OperationOf(ctx); ok {
		return op.ID
	}
	return other
}

// retriedLabel is the operation that wrapper.Retry names: its id, or the method and the
// path with all its values when the contract does not have it.
func retriedLabel(name string) string {
	if slices.ContainsFunc(operations, func(op pepay.Operation) bool { return op.ID == name }) {
		return name
	}
	return other
}

// reasons are the errors that have a label of their own; the first that matches counts.
var reasons = []struct {
	err   error
	label string
}{
	{context.Canceled, "canceled"},
	{context.DeadlineExceeded, "timeout"},
	{pepay.ErrInvalidArgument, "invalid_argument"},
	{wrapper.ErrNoCredential, "no_credential"},
	{stream.ErrGap, "gap"},
	{stream.ErrLeaseLost, "lease_lost"},
	{stream.ErrFrameTooLarge, "frame_too_large"},
	{io.EOF, "disconnected"},
	{io.ErrUnexpectedEOF, "disconnected"},
	{net.ErrClosed, "disconnected"},
	{syscall.ECONNRESET, "disconnected"},
	{syscall.EPIPE, "disconnected"},
	{webhook.ErrNoSignature, "no_signature"},
	{webhook.ErrBadSignature, "bad_signature"},
	{webhook.ErrBadTimestamp, "bad_timestamp"},
	{webhook.ErrTimestampOutOfRange, "timestamp_out_of_range"},
	{webhook.ErrBodyTooLarge, "body_too_large"},
	{webhook.ErrMalformedEvent, "malformed_event"},
	{webhook.ErrClaimLost, "claim_lost"},
}

// errorLabel is what error.type says: the status of Pepay's answer, or the kind of
// error, and "" for nil.
func errorLabel(err error) string {
	if err == nil {
		return ""
	}
	var answer *wrapper.Error
	if errors.As(err, &answer) && answer.StatusCode >= 300 && answer.StatusCode < 600 {
		return strconv.Itoa(answer.StatusCode)
	}
	for _, reason := range reasons {
		if errors.Is(err, reason.err) {
			return reason.label
		}
	}
	var said *stream.ServerError
	var timed interface{ Timeout() bool }
	var network net.Error
	switch {
	case errors.As(err, &said):
		return "ws_error"
	case errors.As(err, &timed) && timed.Timeout():
		return "timeout"
	case errors.As(err, &network):
		return "network"
	}
	return other
}
