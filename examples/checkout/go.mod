module github.com/pepaylabs/pepay-go/examples/checkout

go 1.25.0

replace github.com/pepaylabs/pepay-go => ../..

require (
	github.com/google/uuid v1.6.0
	github.com/pepaylabs/pepay-go v0.0.0
	github.com/piglig/go-qr v1.1.0
)

require (
	github.com/apapsch/go-jsonmerge/v2 v2.0.0 // indirect
	github.com/oapi-codegen/runtime v1.8.0 // indirect
)
