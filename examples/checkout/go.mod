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
	github.com/coder/websocket v1.8.15 // indirect
	github.com/go-chi/chi/v5 v5.5.0 // indirect
	github.com/golang-jwt/jwt/v5 v5.3.1 // indirect
	github.com/oapi-codegen/runtime v1.8.0 // indirect
)
