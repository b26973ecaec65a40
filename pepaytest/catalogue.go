package pepaytest

import (
	"slices"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// token is a token that Pepay supports. Which tokens there are is not documented: the
// catalogue has those of the examples under their ids, and further ones, so that every
// network, type and availability occurs.
//
// See https://docs-alpha.pepay.io/api-spec/endpoints/tokens-list
type token struct {
	id           int64
	symbol, name string
	network      string
	environment  server.NetworkEnvironment
	kind         server.TokenType
	decimals     int64
	address      string // empty for native tokens
	photo        string
	stable       bool // may be settled to as a stable coin
	memo         bool // payments need a memo
	unmonitored  bool // no rates are computed in advance
	inactive     bool // no longer supported: listed for merchants, not for payors
	price        string
	availability server.TokenAvailability
	reason       string // why it is not available
}

const (
	photoUSDC = "https://assets.coingecko.com/coins/images/6319/small/USD_Coin_icon.png"
	// The price in dollars of what is one.
	oneDollar = "1"
)

// tokens is the catalogue. Prices do not move, so that amounts in tests do not either.
func tokens() []token { return slices.Concat(devnetTokens(), mainnetTokens()) }

func devnetTokens() []token {
	list := []token{
		{id: 10, symbol: "DUSDC", name: "Devnet USDC", network: "solana", kind: server.TokenTypeSpl, decimals: 6, address: "4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU", stable: true, price: oneDollar},
		{id: 11, symbol: "DUSDC", name: "Devnet USDC", network: "base", kind: server.TokenTypeErc20, decimals: 6, address: "0x036CbD53842c5426634e7929541eC2318f3dCF7e", stable: true, price: oneDollar},
		{id: 12, symbol: "DUSDC", name: "Devnet USDC", network: "ethereum", kind: server.TokenTypeErc20, decimals: 6, address: "0x1c7D4B196Cb0C7B01d743Fbc6116a902379C7238", stable: true, price: oneDollar},
		{id: 13, symbol: "DUSDT", name: "Devnet Tether", network: "bsc", kind: server.TokenTypeErc20, decimals: 18, address: "0x337610d27c682E347C9cD60BD4b3b107C9d34dDd", stable: true, price: oneDollar},
		{id: 14, symbol: "DETH", name: "Devnet Ether", network: "base", kind: server.TokenTypeNative, decimals: 18, price: "2500"},
		{id: 15, symbol: "DSOL", name: "Devnet SOL", network: "solana", kind: server.TokenTypeNative, decimals: 9, price: "125"},
		{id: 16, symbol: "DTON", name: "Devnet Toncoin", network: "ton", kind: server.TokenTypeNative, decimals: 9, memo: true, price: "2"},
		{id: 17, symbol: "DSUI", name: "Devnet SUI", network: "sui", kind: server.TokenTypeNative, decimals: 9, price: "4"},
	}
	for i := range list {
		list[i].environment, list[i].availability = server.NetworkEnvironmentDevnet, server.TokenAvailabilityDEVNET
		list[i].unmonitored = true // tokens are monitored on mainnet only
	}
	return list
}

func mainnetTokens() []token {
	list := []token{
		{id: 1, symbol: "USDC", name: "USD Coin", network: "ethereum", kind: server.TokenTypeErc20, decimals: 6, address: "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48", photo: photoUSDC, stable: true, price: oneDollar},
		{
			id: 2, symbol: "ETH", name: "Ether", network: "ethereum", kind: server.TokenTypeNative, decimals: 18, price: "2500",
			availability: server.TokenAvailabilitySTALE, reason: "Rate data is older than 5 minutes",
		},
		{id: 3, symbol: "USDC", name: "USD Coin", network: "solana", kind: server.TokenTypeSpl, decimals: 6, address: "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGkZwyTDt1v", photo: photoUSDC, stable: true, price: oneDollar},
		{id: 4, symbol: "SOL", name: "Solana", network: "solana", kind: server.TokenTypeNative, decimals: 9, price: "125"},
		{id: 5, symbol: "USDT", name: "Tether USD", network: "ethereum", kind: server.TokenTypeErc20, decimals: 6, address: "0xdAC17F958D2ee523a2206206994597C13D831ec7", stable: true, price: oneDollar},
		{id: 6, symbol: "USDC", name: "USD Coin", network: "bsc", kind: server.TokenTypeErc20, decimals: 18, address: "0x8AC76a51cc950d9822D68b83fE1Ad97B32Cd580d", photo: photoUSDC, stable: true, price: oneDollar},
		{id: 7, symbol: "BNB", name: "BNB", network: "bsc", kind: server.TokenTypeNative, decimals: 18, price: "640"},
		{id: 123, symbol: "USDC", name: "USD Coin", network: "base", kind: server.TokenTypeErc20, decimals: 6, address: "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913", photo: photoUSDC, stable: true, price: oneDollar},
		{id: 124, symbol: "ETH", name: "Ether", network: "base", kind: server.TokenTypeNative, decimals: 18, price: "2500"},
		{id: 125, symbol: "USDC", name: "USD Coin", network: "arbitrum", kind: server.TokenTypeErc20, decimals: 6, address: "0xaf88d065e77c8cC2239327C5EDb3A432268e5831", photo: photoUSDC, stable: true, price: oneDollar},
		{id: 126, symbol: "USDC", name: "USD Coin", network: "optimism", kind: server.TokenTypeErc20, decimals: 6, address: "0x0b2C639c533813f4Aa9D7837CAf62653d097Ff85", photo: photoUSDC, stable: true, price: oneDollar},
		{id: 127, symbol: "USDC", name: "USD Coin", network: "avalanche", kind: server.TokenTypeErc20, decimals: 6, address: "0xB97EF9Ef8734C71904D8002F8b6Bc66Dd9c48a6E", photo: photoUSDC, stable: true, price: oneDollar},
		{id: 128, symbol: "TON", name: "Toncoin", network: "ton", kind: server.TokenTypeNative, decimals: 9, memo: true, price: "2"},
		{id: 129, symbol: "USDT", name: "Tether USD", network: "ton", kind: server.TokenTypeTon, decimals: 6, address: "EQCxE6mUtQJKFnGfaROTKOt1lZbDiiX1kCixRv7Nw2Id_sDs", memo: true, stable: true, price: oneDollar},
		{id: 130, symbol: "SUI", name: "Sui", network: "sui", kind: server.TokenTypeNative, decimals: 9, price: "4"},
		{id: 131, symbol: "USDC", name: "USD Coin", network: "sui", kind: server.TokenTypeSui, decimals: 6, address: "0xdba34672e30cb065b1f93e3ab55318768fd6fef66c15942c9f7cb846e2f900e7::usdc::USDC", photo: photoUSDC, stable: true, price: oneDollar},
		{id: 132, symbol: "BONK", name: "Bonk", network: "solana", kind: server.TokenTypeSpl, decimals: 5, address: "DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263", unmonitored: true, availability: server.TokenAvailabilityQUOTEREQUIRED, price: "0.00002"},
		{
			id: 133, symbol: "ADA", name: "Cardano", network: "cardano", kind: server.TokenTypeNative, decimals: 6, price: "0.5",
			availability: server.TokenAvailabilityNOLIQUIDITY, reason: "No liquidity for a settlement",
		},
		{id: 134, symbol: "BUSD", name: "Binance USD", network: "bsc", kind: server.TokenTypeErc20, decimals: 18, address: "0xe9e7CEA3DedcA5984780Bafc599bD69ADd087D56", inactive: true, price: oneDollar},
	}
	for i := range list {
		list[i].environment = server.NetworkEnvironmentMainnet
		if list[i].availability == "" {
			list[i].availability = server.TokenAvailabilityAVAILABLE
		}
	}
	return list
}

// tokenByID is a token of the catalogue, or nil.
func tokenByID(id int64) *token {
	list := tokens()
	if i := slices.IndexFunc(list, func(tok token) bool { return tok.id == id }); i >= 0 {
		return &list[i]
	}
	return nil
}

// defaultSettlementToken is the one in which Pepay settles for merchants who have chosen
// none: dollars on base.
func defaultSettlementToken(environment string) *token {
	if environment == string(server.NetworkEnvironmentMainnet) {
		return tokenByID(123)
	}
	return tokenByID(11)
}
