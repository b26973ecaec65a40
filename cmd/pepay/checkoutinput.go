package main

import (
	"bytes"
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/pepaylabs/pepay-go"
)

// checkoutInput is what --file has and flags change. Its members have the names of Pepay's
// API.
type checkoutInput struct {
	CustomerID    string                    `json:"customer_id"`
	UseCart       bool                      `json:"useCart"`
	Items         []pepay.EstimateItemInput `json:"items"`
	ItemOverrides []json.RawMessage         `json:"itemOverrides"`
	Address       pepay.ShippingAddress     `json:"address"`
	RefundAddress string                    `json:"refundDestinationWalletAddressBsc"`
}

func checkoutFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "file", TakesFile: true, Usage: "read all of it from a JSON `FILE`; - is standard input"},
		&cli.StringFlag{Name: "customer-id", Usage: "your own `ID` of the customer"},
		&cli.StringSliceFlag{Name: "item", Usage: "order `PRODUCT[=QUANTITY]`; may be repeated"},
		&cli.StringFlag{Name: "retailer", Value: string(pepay.RetailerAmazon), Usage: "`NAME` of the retailer of the products of --item"},
		&cli.BoolFlag{Name: "cart", Usage: "order what is in the customer's cart, which stays as it is"},
		&cli.StringFlag{Name: "first-name", Usage: "first `NAME` of who gets the parcel"},
		&cli.StringFlag{Name: "last-name", Usage: "last `NAME`"},
		&cli.StringFlag{Name: "street", Usage: "street and number, as `TEXT`"},
		&cli.StringFlag{Name: "address-line2", Usage: "apartment and the like, as `TEXT`"},
		&cli.StringFlag{Name: "city", Usage: "`NAME` of the city"},
		&cli.StringFlag{Name: "state", Usage: "`CODE` of the state, such as FL"},
		&cli.StringFlag{Name: "zip", Usage: "zip `CODE`"},
		&cli.StringFlag{Name: "country", Usage: "`CODE` of the country, such as US"},
		&cli.StringFlag{Name: "phone", Usage: "phone `NUMBER`"},
		&cli.StringFlag{Name: "email", Usage: "e-mail `ADDRESS`"},
		&cli.StringFlag{Name: "refund-address", Usage: "`ADDRESS` on bsc for refunds"},
	}
}

// checkoutRequest is what --file and the flags say.
func checkoutRequest(ctx context.Context, cmd *cli.Command) (r checkoutInput, err error) {
	if err := noArguments(cmd); err != nil {
		return r, err
	}
	if err := oneStandardInput(cmd, "file", "api-key-file"); err != nil {
		return r, err
	}
	if cmd.IsSet("file") {
		if r, err = checkoutFile(ctx, cmd); err != nil {
			return r, err
		}
	}
	for flag, field := range map[string]*string{
		"customer-id": &r.CustomerID, "first-name": &r.Address.FirstName, "last-name": &r.Address.LastName, "street": &r.Address.StreetAddress,
		"address-line2": &r.Address.AddressLine2, "city": &r.Address.City, "state": &r.Address.State, "zip": &r.Address.ZipCode,
		"country": &r.Address.Country, "phone": &r.Address.Phone, "email": &r.Address.Email, "refund-address": &r.RefundAddress,
	} {
		if cmd.IsSet(flag) {
			*field = cmd.String(flag)
		}
	}
	if cmd.IsSet("item") {
		if r.Items, err = itemsFlag(cmd); err != nil {
			return r, err
		}
	}
	if cmd.IsSet("cart") {
		r.UseCart = cmd.Bool("cart")
	}
	return r, r.check(cmd)
}

func (r checkoutInput) check(cmd *cli.Command) error {
	switch {
	case r.CustomerID == "":
		return usagef("--customer-id: say who orders, by your own id of the customer")
	case len(r.Items) == 0 && !r.UseCart:
		return usagef("--item: say what to order, such as --item B08N5WRWNW=2, or use --cart")
	case len(r.Items) > 0 && r.UseCart:
		return usagef("--cart: excludes --item and the items of --file")
	case r.Address == (pepay.ShippingAddress{}) && !cmd.Bool("estimate-only"):
		return usagef("say where to: --street, --city, --state, --zip, --country and who gets it, or the address of --file")
	}
	return nil
}

func checkoutFile(ctx context.Context, cmd *cli.Command) (r checkoutInput, err error) {
	content, err := readJSONFile(ctx, cmd, "file", cmd.String("file"))
	if err != nil {
		return r, err
	}
	if !json.Valid(content) {
		return r, usagef("--file: is not JSON; see '%s --help'", cmd.FullName())
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields() // a misspelled member must not be lost
	if err := decoder.Decode(&r); err != nil {
		return r, usagef("--file: %s; see '%s --help'", strings.TrimPrefix(err.Error(), "json: "), cmd.FullName())
	}
	return r, nil
}

// itemsFlag reads items of the form PRODUCT=QUANTITY.
func itemsFlag(cmd *cli.Command) ([]pepay.EstimateItemInput, error) {
	const most = 99
	var items []pepay.EstimateItemInput
	for _, text := range cmd.StringSlice("item") {
		product, number, given := strings.Cut(text, "=")
		quantity := int64(1)
		if given {
			var err error
			if quantity, err = strconv.ParseInt(number, 10, 64); err != nil || quantity < 1 || quantity > most {
				return nil, usagef("--item: write PRODUCT or PRODUCT=QUANTITY, with a quantity from 1 to 99")
			}
		}
		if strings.TrimSpace(product) == "" {
			return nil, usagef("--item: write PRODUCT or PRODUCT=QUANTITY, such as B08N5WRWNW=2")
		}
		items = append(items, pepay.EstimateItemInput{ProductID: product, Quantity: quantity, Retailer: pepay.Retailer(cmd.String("retailer"))})
	}
	return items, nil
}

func (r checkoutInput) estimateRequest() pepay.EstimateRequest {
	request := pepay.EstimateRequest{CustomerID: r.CustomerID, Items: r.Items, ItemOverrides: r.ItemOverrides}
	if r.UseCart {
		request.UseCart = &r.UseCart
	}
	return request
}

func retailers() []string {
	return texts([]pepay.Retailer{
		pepay.RetailerAmazon, pepay.RetailerWalmart, pepay.RetailerTarget, pepay.RetailerEbay, pepay.RetailerBestbuy, pepay.RetailerOther,
	})
}
