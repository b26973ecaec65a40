package wrapper_test

import (
	"context"
	"encoding/json"
	"iter"
	"testing"
	"time"

	"github.com/pepaylabs/pepay-go"
	"github.com/pepaylabs/pepay-go/wrapper"
)

// Programs are compiled against these names and types: a change that breaks them
// does not compile here.
func TestSignatures(t *testing.T) {
	t.Parallel()
	client, err := wrapper.New(wrapper.WithAPIKey("key"))
	if err != nil {
		t.Fatal(err)
	}
	wsTokenSignatures(client.WSTokens)
	tokenSignatures(client.Tokens)
	accountSignatures(client.Settlement, client.APIKeys, client.Account)
	commerceSignatures(client.Commerce)
	cartSignatures(client.Commerce.Carts)
	checkoutSignatures(client.Commerce.Checkout)
	orderSignatures(client.Commerce.Orders)
	orderPaymentSignatures(client.Commerce.Payments)
	addressSignatures(client.Commerce.Addresses)
	devnetSignatures(client.Commerce.Devnet)
	invoiceSignatures(client.Invoices)
	payorSignatures(client)
}

// is compiles only for values of exactly this type.
func is[T any](...T) {}

func wsTokenSignatures(s *wrapper.WSTokenService) {
	is[func(context.Context, wrapper.MintParams, ...wrapper.CallOption) (*pepay.WSToken, error)](s.Mint)
}

func tokenSignatures(s *wrapper.TokenService) {
	is[func(context.Context, pepay.NetworkEnvironment, ...wrapper.CallOption) (*pepay.MerchantTokens, error)](s.List)
	is[func(context.Context, wrapper.TokenSearchParams, ...wrapper.CallOption) (*pepay.MerchantTokenPage, error)](s.Search)
	is[func(context.Context, wrapper.TokenSearchParams, ...wrapper.CallOption) iter.Seq2[*pepay.MerchantToken, error]](s.SearchAll)
	is[func(context.Context, int64, bool, ...wrapper.CallOption) error](s.SetBlocked)
	var _ = struct {
		Environment                                 pepay.NetworkEnvironment
		Limit, Offset                               int
		Search, Network, TokenType                  string
		IsActive, SupportsStableSettlement, Blocked *bool
	}(wrapper.TokenSearchParams{})
}

func accountSignatures(s *wrapper.SettlementService, k *wrapper.APIKeyService, a *wrapper.AccountService) {
	is[func(context.Context, ...wrapper.CallOption) (*pepay.SettlementPreference, error)](s.Preference)
	is[func(context.Context, int64, ...wrapper.CallOption) (*pepay.SettlementTokenUpdate, error)](s.SetToken)
	is[func(context.Context, pepay.WSTokenScope, ...wrapper.CallOption) ([]pepay.APIKey, error)](k.List)
	is[func(context.Context, pepay.CreateAPIKeyRequest, ...wrapper.CallOption) (*pepay.CreatedAPIKey, error)](k.Create)
	is[func(context.Context, string, ...wrapper.CallOption) error](k.Revoke)
	is[func(context.Context, ...wrapper.CallOption) (*pepay.MainnetAccess, error)](a.MainnetStatus)
	is[func(context.Context, ...wrapper.CallOption) error](a.ActivateMainnet)
	is[func(context.Context, pepay.NetworkEnvironment, ...wrapper.CallOption) error](a.SetEnvironment)
	is[time.Time](pepay.CreateAPIKeyRequest{}.ExpiresAt)
	is[pepay.Secret](pepay.CreatedAPIKey{}.APIKey)
}

func commerceSignatures(s *wrapper.CommerceService) {
	is[func(context.Context, ...wrapper.CallOption) (*pepay.CommerceStatus, error)](s.Status)
	is[func(context.Context, ...wrapper.CallOption) (json.RawMessage, error)](s.Info)
	is[func(context.Context, wrapper.ProductSearchParams, ...wrapper.CallOption) (*pepay.ProductSearchResult, error)](s.Search)
	is[func(context.Context, string, ...wrapper.CallOption) (json.RawMessage, error)](s.Product)
	is[func(context.Context, string, ...wrapper.CallOption) (*pepay.ProductOffers, error)](s.Offers)
	var p wrapper.ProductSearchParams
	is[string](p.Q)
	is[int](p.Limit)
}

func cartSignatures(s *wrapper.CartService) {
	is[func(context.Context, wrapper.Customer, ...wrapper.CallOption) (*pepay.Cart, error)](s.Get)
	is[func(context.Context, wrapper.Customer, *pepay.CartItemInput, ...wrapper.CallOption) (*pepay.Cart, error)](s.Create)
	is[func(context.Context, wrapper.Customer, ...wrapper.CallOption) (int64, error)](s.Clear)
	is[func(context.Context, wrapper.Customer, pepay.CartItemInput, ...wrapper.CallOption) (*pepay.CartItemChange, error)](s.AddItem)
	is[func(context.Context, wrapper.Customer, string, int, ...wrapper.CallOption) (*pepay.CartItemChange, error)](s.UpdateItem)
	is[func(context.Context, wrapper.Customer, string, ...wrapper.CallOption) error](s.RemoveItem)
	is[func(context.Context, wrapper.Customer, ...wrapper.CallOption) (*pepay.CartValidation, error)](s.Validate)
	is[func(context.Context, wrapper.Customer, string, ...wrapper.CallOption) (*pepay.CartTotals, error)](s.Totals)
	var c wrapper.Customer
	is[string](c.ID, c.WalletAddress, c.WalletNetwork)
}

func checkoutSignatures(s *wrapper.CheckoutService) {
	is[func(context.Context, pepay.EstimateRequest, ...wrapper.CallOption) (*pepay.Estimate, error)](s.Estimate)
	is[func(context.Context, pepay.CheckoutAddressRequest, ...wrapper.CallOption) (*pepay.CheckoutAddress, error)](s.SetAddress)
	is[func(context.Context, pepay.CheckoutInvoiceRequest, ...wrapper.CallOption) (*pepay.CheckoutInvoice, error)](s.CreateInvoice)
}

func orderSignatures(s *wrapper.OrderService) {
	is[func(context.Context, wrapper.OrderParams, ...wrapper.CallOption) (*pepay.OrderList, error)](s.List)
	is[func(context.Context, wrapper.OrderParams, ...wrapper.CallOption) iter.Seq2[*pepay.Order, error]](s.All)
	is[func(context.Context, string, ...wrapper.CallOption) (*pepay.Order, error)](s.Get)
	is[func(context.Context, string, pepay.CancelOrderRequest, ...wrapper.CallOption) (*pepay.OrderCancellation, error)](s.Cancel)
	is[func(context.Context, string, ...wrapper.CallOption) (*pepay.OrderReconciliation, error)](s.ByInvoice)
	is[func(context.Context, string, wrapper.Wait, []pepay.OrderStatus, ...wrapper.CallOption) (*pepay.Order, error)](s.WaitForStatus)
	var p wrapper.OrderParams
	is[string](p.Wallet, p.WalletNetwork, p.CustomerID, p.Retailer)
	is[pepay.OrderStatus](p.Status)
	is[time.Time](p.CreatedFrom, p.CreatedTo)
	is[int](p.Limit, p.Offset)
	var list pepay.OrderList
	is[[]pepay.Order](list.Orders)
	is[int64](list.Pagination.Limit, list.Pagination.Offset, list.Pagination.Count)
	var order pepay.Order
	is[string](order.ID, order.InvoiceID)
}

func orderPaymentSignatures(s *wrapper.OrderPaymentService) {
	is[func(context.Context, string, ...wrapper.CallOption) (*pepay.OrderPayment, error)](s.Status)
	is[func(context.Context, []string, ...wrapper.CallOption) ([]pepay.OrderPaymentResult, error)](s.BulkStatus)
}

func addressSignatures(s *wrapper.AddressService) {
	is[func(context.Context, wrapper.Customer, wrapper.AddressParams, ...wrapper.CallOption) ([]pepay.Address, error)](s.List)
	is[func(context.Context, string, ...wrapper.CallOption) error](s.Delete)
	var p wrapper.AddressParams
	is[int](p.Limit, p.Offset)
}

func devnetSignatures(s *wrapper.DevnetService) {
	is[func(context.Context, string, pepay.SimulateOrderRequest, ...wrapper.CallOption) (*pepay.Order, error)](s.Simulate)
}

func invoiceSignatures(s *wrapper.InvoiceService) {
	is[func(context.Context, pepay.CreateInvoiceRequest, ...wrapper.CallOption) (*pepay.CreatedInvoice, error)](s.Create)
	is[func(context.Context, wrapper.InvoiceParams, ...wrapper.CallOption) (*pepay.InvoiceList, error)](s.List)
	is[func(context.Context, wrapper.InvoiceParams, ...wrapper.CallOption) iter.Seq2[*pepay.Invoice, error]](s.All)
	is[func(context.Context, string, wrapper.InvoiceExpand, ...wrapper.CallOption) (*pepay.Invoice, error)](s.Get)
	is[func(context.Context, string, ...wrapper.CallOption) (*pepay.InvoiceStatusReport, error)](s.Status)
	is[func(context.Context, string, wrapper.Wait, []pepay.InvoiceStatus, ...wrapper.CallOption) (*pepay.InvoiceStatusReport, error)](s.WaitForStatus)
	is[func(context.Context, wrapper.InvoiceTotalsParams, ...wrapper.CallOption) (*pepay.InvoiceTotals, error)](s.Totals)
	is[func(context.Context, string, wrapper.InvoiceParams, ...wrapper.CallOption) (*pepay.InvoiceList, error)](s.ListByCustomer)
	var p wrapper.InvoiceParams
	is[int](p.Limit)
	is[string](p.StartingAfter, p.EndingBefore, p.CustomerID, p.PayerWalletAddress, p.PayerWalletNetwork)
	is[[]pepay.InvoiceStatus](p.Statuses)
	is[[]string](p.Types)
	is[pepay.NetworkEnvironment](p.Environment)
	is[time.Time](p.CreatedFrom, p.CreatedTo)
	is[wrapper.InvoiceExpand](p.InvoiceExpand)
	is[[]string](p.Expand)
	is[int](p.PaymentsLimit)
	var totals wrapper.InvoiceTotalsParams
	is[[]pepay.InvoiceStatus](totals.Statuses)
	is[[]string](totals.Types)
	is[string](totals.CustomerID)
	is[pepay.NetworkEnvironment](totals.Environment)
	is[time.Time](totals.CreatedFrom, totals.CreatedTo)
	var w wrapper.Wait
	is[time.Duration](w.Interval, w.MaxInterval)
	var r pepay.CreateInvoiceRequest
	is[pepay.Decimal](r.AmountUSD)
	is[string](r.Description, r.CustomerID)
	is[json.RawMessage](r.Metadata)
	is[*int64](r.ExpiresIn)
	is[*bool](r.PaymentReturnURLEnabled)
	var list pepay.InvoiceList
	is[[]pepay.Invoice](list.Data)
	is[bool](list.HasMore)
	var report pepay.InvoiceStatusReport
	is[pepay.Invoice](report.Invoice)
	is[pepay.InvoicePayment](report.LatestPayment)
}

func payorSignatures(c *wrapper.Client) {
	is[func(pepay.Secret, pepay.Secret) *wrapper.PayorSession](c.Payor)
	s := c.Payor("token", "signature")
	is[func(context.Context, ...wrapper.CallOption) (*pepay.PaymentSession, error)](s.Details)
	is[func(context.Context, wrapper.PayorTokenParams, ...wrapper.CallOption) ([]pepay.PaymentToken, error)](s.AvailableTokens)
	is[func(context.Context, pepay.AllocateAddressRequest, ...wrapper.CallOption) (*pepay.PaymentAddress, error)](s.AllocateAddress)
	is[func(context.Context, ...wrapper.CallOption) (*pepay.PaymentStatus, error)](s.Status)
	is[func(context.Context, wrapper.Wait, []pepay.InvoiceStatus, ...wrapper.CallOption) (*pepay.PaymentStatus, error)](s.WaitForStatus)
	is[func(context.Context, string, ...wrapper.CallOption) error](s.SetEmail)
	is[func(context.Context, ...wrapper.CallOption) (string, error)](s.Email)
	is[func(context.Context, ...wrapper.CallOption) (*pepay.InvoiceQuestions, error)](s.Questions)
	is[func(context.Context, []pepay.QuestionResponse, ...wrapper.CallOption) error](s.Submit)
	is[func(context.Context, string, pepay.VerifyInvoiceRequest, ...wrapper.CallOption) (*pepay.ManualVerification, error)](s.Verify)
	is[func(context.Context, string, ...wrapper.CallOption) (*pepay.ManualVerification, error)](s.Verification)
	var p wrapper.PayorTokenParams
	is[string](p.Mode, p.Network)
	is[bool](p.AvailableOnly)
	var r pepay.AllocateAddressRequest
	is[string](r.Network)
	is[int64](r.TokenID)
	var address pepay.PaymentAddress
	is[pepay.Secret](address.WSConnection.Token)
	_, _, _ = address.TempAddress, address.QuoteStatus, address.WSConnection.Endpoint
}
