package main

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

const ordersSimulateDescription = `Makes a devnet order go on as a real one would, and prints it. Nothing is bought, and the
usual events are sent. The way to delivery is:

  payment_confirmed, payment_settled, placed, shipped, delivery_confirmed

There are failed (while processing), cancelled (once placed) and refunded, too.

  pepay orders simulate ID payment_confirmed --wallet-network bsc --wallet-address 0x0000000000000000000000000000000000000001

` + ordersKey

func orderTransitions() []string {
	return texts([]pepay.OrderTransition{
		pepay.OrderTransitionPaymentConfirmed, pepay.OrderTransitionPaymentSettled, pepay.OrderTransitionPlaced, pepay.OrderTransitionShipped,
		pepay.OrderTransitionDeliveryConfirmed, pepay.OrderTransitionFailed, pepay.OrderTransitionCancelled, pepay.OrderTransitionRefunded,
	})
}

func ordersSimulateCommand() *cli.Command {
	return &cli.Command{
		Name:        "simulate",
		Usage:       "make a devnet order go on",
		UsageText:   "pepay orders simulate ID TRANSITION [flags]",
		Description: ordersSimulateDescription,
		Flags: slices.Concat([]cli.Flag{
			&cli.StringFlag{Name: "tracking", Usage: "tracking of the shipment, as a `JSON` object"},
			&cli.StringFlag{Name: "wallet-address", Usage: "`ADDRESS` of the payer, for payment_confirmed"},
			&cli.StringFlag{Name: "wallet-network", Usage: "`NETWORK` of the payer, such as bsc"},
		}, orderObject().flags(), clientFlags()),
		Action: func(ctx context.Context, cmd *cli.Command) error {
			id, request, err := simulation(cmd)
			if err != nil {
				return err
			}
			return orderObject().print(ctx, cmd, func(ctx context.Context, c *wrapper.Client) (*pepay.Order, error) {
				return c.Commerce.Devnet.Simulate(ctx, id, request)
			})
		},
	}
}

// simulation is what the arguments and flags say.
func simulation(cmd *cli.Command) (id string, r pepay.SimulateOrderRequest, err error) {
	if cmd.Args().Len() != 2 || strings.TrimSpace(cmd.Args().First()) == "" {
		return "", r, usagef("say which order and what happens to it, such as 'pepay orders simulate ID placed'")
	}
	transition := cmd.Args().Get(1)
	if known := orderTransitions(); !slices.Contains(known, transition) {
		return "", r, usagef("TRANSITION: unknown value%s; there are %s%s", slip(transition, known), strings.Join(known, ", "), didYouMean(transition, known))
	}
	if err := notEmpty(cmd, "wallet-address", "wallet-network"); err != nil {
		return "", r, err
	}
	r = pepay.SimulateOrderRequest{
		TransitionTo:  pepay.OrderTransition(transition),
		WalletAddress: cmd.String("wallet-address"), WalletNetwork: cmd.String("wallet-network"),
	}
	if cmd.IsSet("tracking") {
		var members map[string]json.RawMessage
		if r.Tracking = json.RawMessage(cmd.String("tracking")); json.Unmarshal(r.Tracking, &members) != nil {
			return "", r, usagef("--tracking: is not a JSON object")
		}
	}
	return cmd.Args().First(), r, nil
}
