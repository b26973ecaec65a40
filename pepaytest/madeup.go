package pepaytest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"math/big"
	"slices"
)

// madeUpAddress is an address of the form that a network has. Nobody has its key.
func madeUpAddress(network string, seed [32]byte) string {
	switch network {
	case "solana":
		return base58(seed[:])
	case "ton":
		return "EQ" + base64.RawURLEncoding.EncodeToString(append(seed[:], seed[:2]...))
	case "cardano":
		return "addr1v" + hex.EncodeToString(seed[:26])
	case "sui":
		return "0x" + hex.EncodeToString(seed[:])
	default: // Ethereum and its relatives
		return "0x" + hex.EncodeToString(seed[:20])
	}
}

// madeUpHash is the hash of a transaction in the form that a network has.
func madeUpHash(network string, seed [32]byte) string {
	switch network {
	case "solana":
		more := sha256.Sum256(seed[:])
		return base58(append(seed[:], more[:]...))
	case "ton", "cardano":
		return hex.EncodeToString(seed[:])
	default:
		return "0x" + hex.EncodeToString(seed[:])
	}
}

// base58 writes bytes in the alphabet of Bitcoin and Solana.
func base58(b []byte) string {
	const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	var text []byte // the last digit first
	n, base, digit := new(big.Int).SetBytes(b), big.NewInt(int64(len(alphabet))), new(big.Int)
	for n.Sign() > 0 {
		n.DivMod(n, base, digit)
		text = append(text, alphabet[digit.Int64()])
	}
	for _, zero := range b {
		if zero != 0 {
			break
		}
		text = append(text, alphabet[0])
	}
	slices.Reverse(text)
	return string(text)
}
